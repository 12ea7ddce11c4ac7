#include "redraft/base/xml.h"

#include <fmt/format.h>
#include <libxml/HTMLparser.h>
#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include <cstring>
#include <limits>
#include <map>
#include <memory>
#include <optional>

namespace redraft {
namespace {

std::string_view View(const xmlChar* text) {
  return text == nullptr ? std::string_view() : reinterpret_cast<const char*>(text);
}

/// What the callbacks of one document share.
struct Reading {
  XmlHandler* handler = nullptr;
  xmlParserCtxtPtr context = nullptr;
  const std::string* name = nullptr;
  std::optional<Error> error;  ///< the first one

  struct Entity {
    std::string name, text;
    xmlEntity entity{};
  };
  std::map<std::string, Entity, std::less<>> entities;  ///< HTML's that were asked for

  void Note(int line, std::string_view what) {
    if (error) return;
    error = {ErrorCode::kInvalidArgument, fmt::format("{}, line {}: {}", *name, line, what)};
  }
  void FailAt(int line, std::string_view what) {
    if (error) return;
    Note(line, what);
    xmlStopParser(context);
  }
};

/// NOENT puts characters in the place of references inside attributes; with no entity declared
/// these are all that a reference can stand for.
constexpr int kOptions = XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_NOWARNING;

Reading& Of(void* user) { return *static_cast<Reading*>(user); }

xmlChar* Bytes(std::string& text) { return reinterpret_cast<xmlChar*>(text.data()); }

/// HTML's named characters, in the form of XML's own ones: text that is never parsed.
xmlEntityPtr GetEntity(void* user, const xmlChar* name) {
  if (const xmlEntityPtr own = xmlGetPredefinedEntity(name)) return own;
  const htmlEntityDesc* html = htmlEntityLookup(name);
  if (html == nullptr) return nullptr;
  auto& known = Of(user).entities;
  const auto [at, added] = known.try_emplace(std::string(View(name)));
  Reading::Entity& entity = at->second;
  if (added) {
    xmlChar buffer[8] = {};
    const int size = xmlCopyCharMultiByte(buffer, static_cast<int>(html->value));
    entity.name = View(name);
    entity.text.assign(reinterpret_cast<const char*>(buffer), static_cast<std::size_t>(size));
    entity.entity.type = XML_ENTITY_DECL;
    entity.entity.etype = XML_INTERNAL_PREDEFINED_ENTITY;
    entity.entity.name = Bytes(entity.name);
    entity.entity.content = entity.entity.orig = Bytes(entity.text);
    entity.entity.length = size;
  }
  return &entity.entity;
}

void StartElement(void* user, const xmlChar* local, const xmlChar*, const xmlChar*, int,
                  const xmlChar**, int count, int, const xmlChar** values) {
  XmlAttributes attributes;
  for (int i = 0; i < count; ++i, values += 5) {  // local name, prefix, URI, value, its end
    std::string name(View(values[1]));
    if (!name.empty()) name += ':';
    name += View(values[0]);
    attributes.emplace_back(std::move(name),
                            std::string(reinterpret_cast<const char*>(values[3]),
                                        static_cast<std::size_t>(values[4] - values[3])));
  }
  Of(user).handler->Start(View(local), attributes);
}

void RefuseEntity(Reading& reading, const xmlChar* name) {
  reading.FailAt(xmlSAX2GetLineNumber(reading.context),
                 fmt::format("declares the entity '{}'; entities are not expanded", View(name)));
}

xmlSAXHandler Handler() {
  xmlSAXHandler sax{};
  sax.initialized = XML_SAX2_MAGIC;
  sax.getEntity = GetEntity;
  sax.startElementNs = StartElement;
  sax.endElementNs = [](void* user, const xmlChar* local, const xmlChar*, const xmlChar*) {
    Of(user).handler->End(View(local));
  };
  sax.characters = [](void* user, const xmlChar* text, int size) {
    Of(user).handler->Text({reinterpret_cast<const char*>(text), static_cast<std::size_t>(size)});
  };
  sax.ignorableWhitespace = sax.characters;
  sax.cdataBlock = sax.characters;
  sax.reference = [](void* user, const xmlChar* name) {
    Reading& reading = Of(user);
    reading.FailAt(xmlSAX2GetLineNumber(reading.context),
                   fmt::format("unknown entity &{};", View(name)));
  };
  sax.entityDecl = [](void* user, const xmlChar* name, int, const xmlChar*, const xmlChar*,
                      xmlChar*) { RefuseEntity(Of(user), name); };
  sax.unparsedEntityDecl = [](void* user, const xmlChar* name, const xmlChar*, const xmlChar*,
                              const xmlChar*) { RefuseEntity(Of(user), name); };
  sax.serror = [](void* user, xmlErrorPtr error) {
    if (error->level == XML_ERR_WARNING || error->domain == XML_FROM_NAMESPACE) return;
    std::string_view what = error->message == nullptr ? "not well-formed" : error->message;
    what = what.substr(0, what.find('\n'));
    Reading& reading = Of(user);
    if (reading.error) return;
    reading.Note(error->line, fmt::format("not well-formed XML: {}", what));
    // In the middle of a conversion the parser's input must stay.
    if (error->domain != XML_FROM_I18N) xmlStopParser(reading.context);
  };
  return sax;
}

}  // namespace

std::string_view AttributeOf(const XmlAttributes& attributes, std::string_view name) {
  for (const auto& [key, value] : attributes)
    if (key == name) return value;
  return {};
}

Status ReadXml(std::string_view bytes, const std::string& name, XmlHandler& handler) {
  [[maybe_unused]] static const bool initialized = (xmlInitParser(), true);
  Reading reading;
  reading.handler = &handler;
  reading.name = &name;
  xmlSAXHandler sax = Handler();
  const std::unique_ptr<xmlParserCtxt, void (*)(xmlParserCtxtPtr)> context(
      xmlCreatePushParserCtxt(&sax, &reading, nullptr, 0, nullptr), &xmlFreeParserCtxt);
  if (!context) return Fail(ErrorCode::kFailed, "libxml2 is out of memory");
  reading.context = context.get();
  // Errors of converting characters belong to no parser: without a handler of the thread's they are
  // printed.
  xmlSetStructuredErrorFunc(&reading, sax.serror);
  xmlCtxtUseOptions(context.get(), kOptions);
  constexpr std::size_t kPiece = 1 << 20;
  for (std::size_t at = 0; at < bytes.size() && !reading.error; at += kPiece) {
    const std::string_view piece = bytes.substr(at, kPiece);
    xmlParseChunk(context.get(), piece.data(), static_cast<int>(piece.size()), 0);
  }
  if (!reading.error) xmlParseChunk(context.get(), nullptr, 0, 1);
  xmlSetStructuredErrorFunc(nullptr, nullptr);
  xmlFreeDoc(std::exchange(context->myDoc, nullptr));
  if (reading.error) return Fail(*reading.error);
  return Ok{};
}

}  // namespace redraft
