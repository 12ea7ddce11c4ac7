#include "redraft/text/function_words.h"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>
#include <vector>

#include "redraft/text/words.h"

namespace redraft::text {
namespace {

constexpr std::array<std::string_view, kLanguages> kLists = {
    // English: articles, pronouns, prepositions, conjunctions, auxiliaries, common adverbs.
    "a an the and or but nor so yet if than then as of in on at by to from for with about into "
    "over "
    "under after before between through without within upon toward towards against among across "
    "behind beyond during since around along near i you he she it we they me him her us them my "
    "your his its our their mine yours hers ours theirs this that these those who whom whose which "
    "what when where why how is am are was were be been being do does did done have has had having "
    "will would shall should can could may might must cannot no not there here all any some every "
    "each both either neither only just up down out off again more most much many other another "
    "such own same too very because while until till though although unless whether like one two "
    "once also even still never ever always now himself herself itself myself yourself themselves "
    "ourselves nothing something everything anything nobody somebody everybody someone anyone "
    "everyone i'm it's don't didn't wasn't couldn't wouldn't isn't aren't weren't won't can't "
    "doesn't hadn't hasn't haven't shouldn't i'd he'd she'd they'd we'd you'd it'd i'll he'll "
    "she'll it'll we'll they'll you'll i've we've they've you've that's there's he's she's they're "
    "we're you're what's let's thee thou thy ye hath doth shalt thine",
    // German
    "der die das den dem des ein eine einen einem einer eines und oder aber nicht ich du er sie es "
    "wir ihr mich mir dich dir ihn ihm uns sich mein sein ihre seine in im an am auf aus bei beim "
    "mit nach von vom zu zum zur für über unter vor durch ohne um ist war sind waren hat hatte "
    "haben wird werden wie als wenn dass daß weil so noch nur auch schon da dann hier was wer kein "
    "keine doch",
    // French
    "le la les l'on un une des du de et ou mais ne pas je tu il elle nous vous ils elles me te se "
    "lui "
    "leur mon ma mes ton sa son ses notre votre ce cette ces qui que quoi dont où dans en sur sous "
    "avec sans pour par chez vers est était sont étaient avait ont a au aux plus si comme quand y "
    "c'est qu'il qu'elle n'est d'un d'une s'est tout bien",
    // Spanish
    "el la los las un una unos unas de del al y e o pero no ni yo tú él ella nosotros ellos me te "
    "se "
    "le lo les nos mi su sus tu que quien cual como cuando donde en con sin por para sobre entre "
    "hasta desde es era fue son eran estaba había ha muy más ya si sí porque este esta ese esa "
    "todo",
    // Italian
    "il lo la i gli le un uno una di del della dei delle dello al alla ai e o ma non né io tu lui "
    "lei "
    "noi loro mi ti si ci ne mio suo sua che chi come quando dove in nel nella con senza per su "
    "sul "
    "tra fra da dal dalla è era sono erano aveva ha più già se perché questo questa anche",
    // Portuguese
    "o a os as um uma uns umas de do da dos das ao à e ou mas não nem eu tu ele ela nós eles me te "
    "se "
    "lhe seu sua meu minha que quem como quando onde em no na nos nas com sem por para sobre entre "
    "é era foi são estava havia tinha mais muito já se porque este esta isso também",
    // Dutch
    "de het een en of maar niet geen ik je jij hij zij ze wij we u mij me hem haar ons hun mijn "
    "zijn "
    "die dat dit deze wie wat waar hoe in op aan uit bij met naar van voor door over onder tot om "
    "te "
    "is was waren had heeft hebben werd als dan toen er nog al ook zo",
    // Swedish, Danish, Norwegian
    "en ett et den det de och og eller eller men inte ikke jag jeg du han hon hun vi ni i dem sig "
    "seg "
    "min sin hans hennes hendes som var är er hade havde hadde har att at på til till av af med "
    "från "
    "fra för for om over över under när når där der så da nu nå også ut upp op opp ved vid",
    // Polish
    "i a w we z ze na do nie się to że jak o po od dla za przez przy pod nad ale czy co kto jego "
    "jej "
    "ich mu mi go ja ty on ona oni był była było były jest są tak już tylko gdy kiedy by już też "
    "ten",
    // Czech, Slovak
    "a i v ve s se si z ze na do ne to že jak o po od pro za při pod nad ale co kdo jeho její jim "
    "mu "
    "mi ho já ty on ona byl byla bylo byly je jsou tak už jen když by ten ta ako som sa je už aby",
    // Finnish, Estonian
    "ja on ei se että oli hän mutta kun niin ne en kuin jos tai myös vain nyt sen hänen minä sinä "
    "ovat "
    "olivat ole joka jo sitten vielä mitä tämä ta ma ka aga oma oli kui siis nii mis see need",
    // Hungarian
    "a az egy és nem hogy is de ha volt van meg csak már még el ki mint mert vagy azt ez ezt amely "
    "aki ami neki őt én te ő mi ti úgy így akkor most itt ott le fel be nincs sem majd",
    // Romanian
    "și si în in de la cu pe un o nu să sa se a al ai ale că ca ce care din pentru dar el ea ei îl "
    "îi "
    "le era este sunt au am mai fost lui lor prin până când cum sau dacă către acest această",
    // Turkish
    "bir ve bu da de o ne için ile gibi çok ama mi mı daha en ki var yok ben sen biz onun benim "
    "her "
    "kadar sonra değil olan olarak diye şey ya ise",
    // Indonesian, Malay
    "yang dan di ke dari ini itu dengan untuk pada tidak ada akan adalah dalam saya aku dia mereka "
    "kami kita oleh sebagai atau juga sudah telah karena saat seperti lebih bisa hanya pun ia",
    // Russian
    "и в во не на я он она они мы ты вы что с со как а то это все но по к ко у же за бы так из от "
    "о "
    "об его её ее их ему ей был была было были есть только ещё уже для до при или ни если когда "
    "мне "
    "меня себя под над где кто",
    // Latin
    "et in non est ad cum sed ut quod qui quae ex de per ab si nec ne aut atque ac enim hic haec "
    "hoc "
    "ille esse sunt erat eius se quam pro iam nam ego tu nos"};

std::unordered_map<std::string, unsigned> MakeTable() {
  std::unordered_map<std::string, unsigned> table;
  for (std::size_t language = 0; language < kLists.size(); ++language) {
    for (const std::string_view word : Words(kLists[language])) {
      table[std::string(word)] |= 1U << language;
    }
  }
  return table;
}

}  // namespace

unsigned FunctionWordLanguages(std::string_view word) {
  static const auto table = MakeTable();
  const auto it = table.find(std::string(word));
  return it == table.end() ? 0U : it->second;
}

bool LooksEnglish(std::string_view text) {
  constexpr std::size_t kFewest = 8;
  constexpr std::size_t kOneIn = 8;
  const std::vector<std::string_view> words = Words(text);
  if (words.size() < kFewest) return true;
  const auto english = std::count_if(words.begin(), words.end(), [](std::string_view word) {
    return (FunctionWordLanguages(Normalise(word)) >> kEnglish & 1U) != 0;
  });
  return static_cast<std::size_t>(english) * kOneIn >= words.size();
}

}  // namespace redraft::text
