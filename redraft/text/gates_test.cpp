#include "redraft/text/gates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "redraft/base/file.h"
#include "redraft/base/random.h"

namespace redraft::text {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr std::string_view kStory =
    "The ferry was late, as it was every Thursday, and Ida had stopped looking up. She counted "
    "coins on the bench: two for bread, one for the lamp, none for the boy who always asked.\n\n"
    "\"You'll miss it,\" he said.\n\n"
    "\"I can't help it,\" she told him. \"I only came to see who gets off.\"\n\n"
    "Nobody did. The man with the ropes lifted his cap to her all the same, and she found that she "
    "had kept a coin in her fist, warm as an egg. She put it on the bench and walked home by the "
    "long road, past the mill, where a light was on.";

std::vector<std::string> Reasons(std::string_view text, std::string noun = "story") {
  GateLimits limits;
  limits.noun = std::move(noun);
  return CheckDraft(text, limits).reasons;
}

std::string Repeat(std::string_view text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

TEST(GatesTest, AGoodStoryPassesUnchanged) {
  const GateResult result = CheckDraft(kStory, {});
  EXPECT_TRUE(result.ok);
  EXPECT_THAT(result.reasons, IsEmpty());
  EXPECT_EQ(result.text, kStory);
  EXPECT_EQ(result.words, 107);
}

struct Wrapped {
  const char* name;
  std::string before, after;
};

class CleaningTest : public ::testing::TestWithParam<Wrapped> {};

TEST_P(CleaningTest, ChatterAroundAStoryIsTakenOff) {
  const Wrapped& wrap = GetParam();
  EXPECT_EQ(CleanDraft(wrap.before + std::string(kStory) + wrap.after, "story"), kStory);
}

INSTANTIATE_TEST_SUITE_P(
    Chatter, CleaningTest,
    ::testing::Values(
        Wrapped{"HereIs", "Here is a short story of about 130 words:\n\n", ""},
        Wrapped{"SameLine", "Here is the revised story: ", ""},
        Wrapped{"Sure", "Sure! Here's my take on your prompt, with more dialogue:\n\n", ""},
        Wrapped{"SureAlone", "Certainly!\n", ""},
        Wrapped{"SureSameLine", "Sure! Here is a story in 130 words: ", ""},
        Wrapped{"Happy", "Of course. I'd be happy to write that for you.\n\n", ""},
        Wrapped{"Heading", "# The Coin\n\n", ""}, Wrapped{"Bold", "**The Long Road Home**\n\n", ""},
        Wrapped{"Label", "Title: The Coin\n\n", ""},
        Wrapped{"BoldLabel", "**Title:** The Last Ferry\n", ""},
        Wrapped{"PlainTitle", "The Last Ferry to Hallow\n\n", ""},
        Wrapped{"QuotedTitle", "\"The Last Ferry\"\n\n", ""},
        Wrapped{"Byline", "# The Last Ferry\nBy Anna Holm\n\n", ""},
        Wrapped{"Variant", "**Improved Story Variant**\n\n", ""},
        Wrapped{"PrefaceAndTitle", "Here's a story for you:\n\n---\n\n**The Coin**\n\n", "\n\n---"},
        Wrapped{"Count", "", "\n\n(Word count: 130)"}, Wrapped{"BareCount", "", "\n\n[130 words]"},
        Wrapped{"CountSameLine", "", " (130 words)"},
        Wrapped{"BoldCount", "", "\n\n**Word Count:** 130"},
        Wrapped{"Note", "", "\n\nNote: I kept to the limit and changed the ending."},
        Wrapped{"Changes", "", "\n\n**Changes made:**\n\n* More dialogue\n* A better end"},
        Wrapped{"Offer", "", "\n\nI hope you enjoy it! Let me know if you want changes."},
        Wrapped{"Comment", "", "\n\nThis revised version keeps the original premise but cuts."},
        Wrapped{"TheEnd", "", "\n\nThe End."}, Wrapped{"Fence", "```markdown\n", "\n```"},
        Wrapped{"ChatML", "<|im_start|>assistant\n", "<|im_end|>\n<|im_start|>user\nAnother one!"},
        Wrapped{"Eos", "", "</s>"},
        Wrapped{"Thinking", "<think>They want a ferry.</think>\n\n", ""},
        Wrapped{"Mark", "\xEF\xBB\xBF", "\r\n\r\n"}),
    [](const auto& wrapped) { return std::string(wrapped.param.name); });

TEST(CleaningTest, QuotesAroundTheWholeTextGoButSpeechStays) {
  EXPECT_EQ(CleanDraft("\"It rained. The mill stood. Nobody came.\""),
            "It rained. The mill stood. Nobody came.");
  const std::string speech = "\"Go,\" he said. \"It is late.\"";
  EXPECT_EQ(CleanDraft(speech), speech);
  EXPECT_EQ(CleanDraft("\"Go home.\""), "\"Go home.\"");
}

TEST(CleaningTest, SectionHeadingsOfAnEssayStay) {
  const std::string essay =
      "## Why it matters\n\nThe first reason is plain enough to state.\n\n## What to do\n\nWe "
      "should "
      "begin with the smallest thing that works.";
  EXPECT_EQ(CleanDraft(essay, "essay"), essay);
  EXPECT_EQ(CleanDraft("# On Small Things\n\n" + essay, "essay"), essay);
  EXPECT_THAT(Reasons(essay, "essay"), IsEmpty());
}

TEST(CleaningTest, FirstLinesThatBelongToTheTextStay) {
  for (const char* text :
       {"Sure as rain, the ferry was late again.\n\nIda did not look up from her coins.",
        "Here is the bench where she waited.\n\nIt is wet now, and nobody sits on it.",
        "Of course she came back; they always do.\n\nThe boy had known it.",
        "Every midnight, Samuel waits.\n\nHe sits on the bench beside the fountain.",
        "Note the hour, she told him, and he did.\n\nIt was six.",
        "Here is the story my mother told me about the flood: one night the river stood up."}) {
    EXPECT_EQ(CleanDraft(text, "story"), text);
  }
}

TEST(CleaningTest, AnEndThatOnlyLooksLikeANoteStays) {
  const std::string text =
      std::string(kStory) + "\n\nI hope the ferry was warm. This was the end of it.";
  EXPECT_EQ(CleanDraft(text, "story"), text);
}

RC_GTEST_PROP(CleaningTest, IsIdempotentOnAnything, (std::string text)) {
  const std::string once = CleanDraft(text);
  RC_ASSERT(CleanDraft(once) == once);
}

RC_GTEST_PROP(GatesTest, AnyBytesGetAVerdict, (std::string text)) {
  const GateResult result = CheckDraft(text, {});
  RC_ASSERT(result.ok == result.reasons.empty());
}

TEST(GatesTest, EmptyAndBlankTextsAreEmptyAndNothingElse) {
  EXPECT_THAT(CheckDraft("", {.min_words = 10}).reasons, ElementsAre("empty"));
  EXPECT_THAT(CheckDraft(" \n\t\r\n ", {}).reasons, ElementsAre("empty"));
  EXPECT_THAT(CheckDraft("---\n***\n", {}).reasons, ElementsAre("empty"));
}

TEST(GatesTest, LimitsAreInclusiveAndCountTheCleanedText) {
  const std::string text = "Here is a story:\n\nOne two three four five six seven eight nine ten.";
  EXPECT_TRUE(CheckDraft(text, {.min_words = 10, .max_words = 10, .noun = "story"}).ok);
  EXPECT_THAT(CheckDraft(text, {.min_words = 11, .noun = "story"}).reasons,
              ElementsAre("too_short"));
  EXPECT_THAT(CheckDraft(text, {.max_words = 9, .noun = "story"}).reasons, ElementsAre("too_long"));
}

TEST(GatesTest, LimitsComeFromTheBrief) {
  core::Brief brief;
  brief.min_words = 90;
  brief.max_words = 140;
  const GateLimits limits = LimitsOf(brief, "poem");
  EXPECT_EQ(limits.min_words, 90);
  EXPECT_EQ(limits.max_words, 140);
  EXPECT_EQ(limits.noun, "poem");
}

TEST(GatesTest, RefusalsInAnyWordingAreRefusals) {
  for (const char* text :
       {"I'm sorry, but I can't assist with that request.",
        "I’m sorry, but I cannot write a story about that.",
        "As an AI language model, I do not have personal experiences to draw on.",
        "I apologize, but I am unable to fulfill your request. Please ask for something else.",
        "Unfortunately, I cannot help with that.",
        "I'm just an AI, I cannot create content of this kind.",
        "I cannot fulfill your request. I can’t generate content that exceeds 4995 words."}) {
    EXPECT_THAT(Reasons(text), Contains("refusal")) << text;
  }
  EXPECT_THAT(Reasons(std::string(kStory) + " I cannot fulfill your request."),
              Contains("refusal"));
}

TEST(GatesTest, StoriesInWhichPeopleCannotDoThingsAreNotRefusals) {
  for (const char* text :
       {"\"I'm sorry, but I can't help with that,\" said the clerk. Ida took her bag and left.",
        "I can't help it. Every spring I open the window and wait for the swifts to come back.",
        "I cannot write this letter without thinking of the mill, and of you in it, counting.",
        "Sorry was the first word I learned in that house, and the last I gave up."}) {
    EXPECT_THAT(Reasons(text), IsEmpty()) << text;
  }
}

TEST(GatesTest, PrefacesThatCannotBeStrippedAreNamed) {
  EXPECT_THAT(Reasons("Here is a story about a ferry that never comes."), Contains("preface"));
  EXPECT_THAT(Reasons("Sure, I'd be happy to write a story about that ferry for you."),
              Contains("preface"));
}

TEST(GatesTest, LoopsAreRepetition) {
  const std::string wind = "I was carried on the wind, and ";
  EXPECT_THAT(Reasons("I was carried on the wind, and I was carried on the wind, …"),
              Contains("repetition"));
  EXPECT_THAT(Reasons(std::string(kStory) + " " + Repeat(wind, 6)), Contains("repetition"));
  EXPECT_THAT(Reasons(Repeat("The mill was dark that night. ", 50)), Contains("repetition"));
  EXPECT_THAT(Reasons(std::string(kStory) + "\n\n" + std::string(kStory)), Contains("repetition"));
  EXPECT_THAT(Reasons(Repeat("no ", 40)), Contains("repetition"));
  std::string frame;
  for (const char* animal :
       {"dog", "cat", "hen", "fox", "owl", "cow", "pig", "eel", "bee", "elk",
        "yak", "ant", "bat", "ewe", "ram", "rat", "jay", "koi", "emu", "doe"}) {
    frame += std::string("He walked to the old stone wall and looked at the ") + animal +
             " for a very long time. ";
  }
  EXPECT_THAT(Reasons(frame), Contains("repetition"));
}

TEST(GatesTest, AnaphoraAndRefrainsAreNot) {
  EXPECT_THAT(
      Reasons(
          "We waited for the boat in the rain. We waited for the boat in the snow, when the "
          "ropes froze. We waited when there was no boat, because waiting was what the quay was "
          "for, and because my father had waited there. So it goes. The bell rang twice. So it "
          "goes. In the end a boy rowed out to look, and came back with a crate of oranges, and "
          "we ate them standing up, and nobody said anything about the boat. So it goes."),
      IsEmpty());
}

TEST(GatesTest, NonsenseIsGarbage) {
  Rng rng(7);
  std::string salad, mash, base64;
  const std::vector<std::string> kWords = {"tooth",     "quickly",  "government", "seventeen",
                                           "orange",    "splendid", "walking",    "mountain",
                                           "invoice",   "sadness",  "brightly",   "engine",
                                           "swallowed", "northern", "teaspoon",   "echoing"};
  for (int i = 0; i < 80; ++i) {
    salad += kWords[rng.Below(kWords.size())] + " ";
    for (int k = 0; k < 6; ++k) mash += static_cast<char>("asdfghjkl"[rng.Below(9)]);
    mash += ' ';
    for (int k = 0; k < 12; ++k) {
      base64 += "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[rng.Below(64)];
    }
  }
  for (const std::string& text :
       {salad + ".", mash + ".", base64,
        std::string("<div class=\"a\"><p>Hello</p><a href=\"#top\">Up</a></div><br/><hr/>"),
        std::string(R"({"title":"The Coin","tags":["a","b"],"body":{"text":"It rained.","n":3}})"),
        std::string("int main() {\n  for (int i = 0; i < 10; ++i) { sum += v[i] * w[i]; }\n"
                    "  return sum == 0 ? 1 : 0;\n}"),
        std::string("Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod."),
        std::string("THE FERRY WAS LATE, AS IT WAS EVERY THURSDAY, AND IDA HAD STOPPED LOOKING UP. "
                    "SHE COUNTED COINS ON THE BENCH: TWO FOR BREAD, ONE FOR THE LAMP."),
        std::string("The shop was open держитсяnever and Ida contained밤 attendance of rooms."),
        std::string("She walked home.<|vq_3445|> The mill was dark and the road was long.")}) {
    EXPECT_THAT(Reasons(text), Contains("garbage")) << text;
  }
}

TEST(GatesTest, ATextThatDissolvesInItsLastThirdIsGarbage) {
  EXPECT_THAT(
      Reasons(
          std::string(kStory) +
          " Softly gathered quiet lanterns midnight sorrow wandering gently remembered shelves "
          "whispering tender strangers everlasting mercy drifting unread silver breathing rooms "
          "carried lightly forgotten hands turning pages warmly hidden beyond names bright "
          "returning voices woven grateful shadows endlessly opening doors beneath falling "
          "gentle hours ripened patience softly becoming luminous borrowed weather, humanity "
          "rewritten."),
      Contains("garbage"));
}

TEST(GatesTest, OtherLanguagesAndScriptsAreNotGarbage) {
  for (const char* text :
       {"Die Fähre kam zu spät, wie jeden Donnerstag, und Ida sah nicht mehr auf. Sie zählte die "
        "Münzen auf der Bank: zwei für das Brot, eine für die Lampe, keine für den Jungen, der "
        "immer "
        "fragte. Niemand stieg aus, und sie ging den langen Weg nach Hause.",
        "Le bac était en retard, comme tous les jeudis, et Ida ne levait plus les yeux. Elle "
        "comptait "
        "ses pièces sur le banc: deux pour le pain, une pour la lampe, aucune pour le garçon qui "
        "demandait toujours. Personne ne descendit.",
        "Lautta oli myöhässä kuten joka torstai, eikä Iida enää nostanut katsettaan. Hän laski "
        "kolikoita "
        "penkillä: kaksi leipään, yksi lamppuun, ei yhtään pojalle, joka aina pyysi. Kukaan ei "
        "tullut.",
        "Kivuko kilichelewa kama kila Alhamisi, na Ida aliacha kutazama. Alihesabu sarafu kwenye "
        "benchi: "
        "mbili za mkate, moja ya taa, hakuna ya kijana aliyeomba kila mara. Hakuna aliyeshuka.",
        "Паром опаздывал, как всегда по четвергам, и Ида больше не поднимала глаз. Она считала "
        "монеты.",
        "渡船又晚了，和每个星期四一样，伊达不再抬头看。她在长椅上数着硬币。没有人下船。",
        "フェリーはいつもの木曜日のように遅れていた。アイダはTシャツのまま、もう顔を上げなかった"
        "。"}) {
    EXPECT_THAT(Reasons(text), IsEmpty()) << text;
  }
}

TEST(GatesTest, ProseWithNamesNumbersForeignWordsAndCodeIsNotGarbage) {
  EXPECT_THAT(
      Reasons("McAllister paid £3.50 for the CD-ROM (it was 1998), said \"до свидания\" to the "
              "driver, and walked past NASA's old gate in Knightsbridge, humming. Nobody asked."),
      IsEmpty());
  EXPECT_THAT(
      Reasons("To read a file, call `ReadFile(path, max_bytes)`. It returns the bytes, or an error "
              "that names the file and says what to do about it.\n\n```cpp\nauto text = "
              "ReadFile(\"a.md\");\nif (!text) { return Fail(text.error()); }\n```\n\nSee "
              "https://example.org/docs?x=1&y=2 for the limits. The call never blocks for long.",
              "page"),
      IsEmpty());
}

TEST(GatesTest, TextsThatBreakOffAreUnfinished) {
  for (const char* text :
       {"The ferry was late, and Ida", "She counted coins, bread,",
        "He said:", "The mill was dark and then —", "1. The mill was dark.\n2. Nobody came.\n3."}) {
    EXPECT_THAT(Reasons(text), Contains("unfinished")) << text;
  }
}

TEST(GatesTest, UnfilledBlanksAreUnfinishedAndOtherBracketsAreNot) {
  for (const char* text :
       {"Dear [Reader],\n\nI kept your umbrella for nine years.",
        "I kept it for nine years.\n\nYours,\n[Your Name].", "Held on [insert date] at noon."}) {
    EXPECT_THAT(Reasons(text), Contains("unfinished")) << text;
  }
  for (const char* text :
       {"\"I kept it,\" she said [laughs], \"for nine years.\"",
        "See [the title page](front.md) before you begin.", "He wrote [sic] twice."}) {
    EXPECT_THAT(Reasons(text), Not(Contains("unfinished"))) << text;
  }
}

TEST(GatesTest, EndingsThatAPersonWouldAcceptAreFinished) {
  for (const char* text :
       {"\"Go home,\" he said, \"it is late.\"", "“Is it?”", "He never knew…", "And then...",
        "*The mill was dark.*", "(Nobody had seen him.)", "She laughed!", "それは終わった。",
        "Pack three things:\n\n- a lamp\n- a rope\n- bread"}) {
    EXPECT_THAT(Reasons(text), Not(Contains("unfinished"))) << text;
  }
}

TEST(GatesTest, VerseNeedsNoFullStop) {
  EXPECT_THAT(
      Reasons("The ferry is late\nas it is on Thursdays\nand the coin in my hand\nis warm as "
              "an egg\n\nI count what is left\nof the light",
              "poem"),
      IsEmpty());
}

}  // namespace
}  // namespace redraft::text
