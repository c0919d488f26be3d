#include "dest_postgres/type_map.h"

#include <array>
#include <cstdlib>

#include "sdk/postgres.h"

namespace rapidbyte::dest_postgres {
namespace {

using pgwire::QuoteIdentifier;
using pgwire::QuoteLiteral;

// Takes an identifier from the front of `text`; false where none is there, or it does not end.
bool TakeIdentifier(std::string_view& text, std::string* identifier) {
  identifier->clear();
  if (!text.starts_with('"')) {
    const size_t end = std::min(text.find_first_of(".([ \""), text.size());
    identifier->assign(text.substr(0, end));
    text.remove_prefix(end);
    return end != 0;
  }
  for (size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"' && i + 1 < text.size() && text[i + 1] == '"')
      ++i;
    else if (text[i] == '"') {
      text.remove_prefix(i + 1);
      return true;
    }
    *identifier += text[i];
  }
  return false;
}

struct Candidate {
  std::string name;  // qualified and quoted
  bool same_schema = false;
  bool of_extension = false;
};

using Candidates = std::vector<std::vector<Candidate>>;

// The types of this server with the names of `names`, for each of them. Row types of tables count in the same schema
// only.
Result<Candidates> FindCandidates(pgwire::Session& session, const std::vector<TypeName>& names) {
  std::string values;
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i].schema.empty()) continue;
    values += (values.empty() ? "(" : ", (") + std::to_string(i) + ", " + QuoteLiteral(names[i].schema) + "::name, " +
              QuoteLiteral(names[i].name) + "::name)";
  }
  Candidates candidates(names.size());
  if (values.empty()) return candidates;
  RB_ASSIGN(
      const pgwire::Rows rows,
      sdk::QueryCatalog(session,
                        "SELECT v.number, quote_ident(n.nspname) || '.' || quote_ident(t.typname), n.nspname = "
                        "v.schema, EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_type'::regclass AND d.objid = "
                        "t.oid AND d.deptype = 'e') FROM (VALUES " +
                            values +
                            ") AS v(number, schema, name) JOIN pg_type t ON t.typname = v.name JOIN pg_namespace n ON "
                            "n.oid = t.typnamespace WHERE t.typisdefined AND t.typtype <> 'p' AND n.nspname NOT IN "
                            "('pg_catalog', 'pg_toast') AND n.nspname NOT LIKE 'pg\\_temp\\_%' AND "
                            "has_schema_privilege(n.oid, 'USAGE') AND has_type_privilege(t.oid, 'USAGE') AND "
                            "(n.nspname = v.schema OR t.typrelid = 0 OR EXISTS (SELECT FROM pg_class c WHERE c.oid = "
                            "t.typrelid AND c.relkind = 'c')) ORDER BY v.number, 2"));
  for (const pgwire::Row& row : rows) {
    const size_t number = std::strtoul(row.Text(0).c_str(), nullptr, 10);
    if (number < candidates.size()) candidates[number].push_back({row.Text(1), row.IsTrue(2), row.IsTrue(3)});
  }
  return candidates;
}

// The one that `is` holds of, where it is the only one.
template <typename Is>
const Candidate* Only(const std::vector<Candidate>& candidates, Is is) {
  const Candidate* only = nullptr;
  for (const Candidate& candidate : candidates) {
    if (!is(candidate)) continue;
    if (only != nullptr) return nullptr;
    only = &candidate;
  }
  return only;
}

const Candidate* Choose(const std::vector<Candidate>& candidates) {
  const Candidate* chosen = Only(candidates, [](const Candidate& c) { return c.same_schema; });
  if (chosen == nullptr) chosen = Only(candidates, [](const Candidate& c) { return c.of_extension; });
  if (chosen == nullptr) chosen = Only(candidates, [](const Candidate&) { return true; });
  return chosen;
}

MappedType Map(const TypeName& type, const std::vector<Candidate>& candidates) {
  const std::string wanted = QuoteIdentifier(type.schema) + "." + QuoteIdentifier(type.name);
  if (!IsModifier(type.rest)) return {"pg_catalog.text", "the source names no type by " + wanted + type.rest};
  if (const Candidate* chosen = Choose(candidates)) {
    return {chosen->name + type.rest, chosen->same_schema ? "" : "the source has " + wanted};
  }
  if (candidates.empty())
    return {"pg_catalog.text", "the destination has no type " + wanted + " that its role may use"};
  std::string several;
  for (const Candidate& candidate : candidates) several += (several.empty() ? "" : ", ") + candidate.name;
  return {"pg_catalog.text", "the destination has no type " + wanted + ", but several of that name: " + several};
}

// Which of the server's own types this server does not have. One query for all of them.
Result<std::vector<bool>> Known(pgwire::Session& session, const std::vector<TypeName>& names) {
  std::string list;
  for (const TypeName& type : names) {
    list += (list.empty() ? "" : ", ") +
            (type.schema.empty() ? "to_regtype(" + QuoteLiteral(type.name) + ") IS NOT NULL" : std::string("true"));
  }
  std::vector<bool> known;
  if (list.empty()) return known;
  RB_ASSIGN(const pgwire::Rows rows, sdk::QueryCatalog(session, "SELECT " + list));
  for (size_t i = 0; i < names.size(); ++i) known.push_back(rows[0].IsTrue(i));
  return known;
}

}  // namespace

bool IsModifier(std::string_view rest) {
  if (rest.starts_with('(')) {
    const size_t end = rest.find_first_not_of("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_, -", 1);
    if (end == std::string_view::npos || rest[end] != ')') return false;
    rest.remove_prefix(end + 1);
  }
  while (rest.starts_with("[]")) rest.remove_prefix(2);
  return rest.empty();
}

TypeName ParseTypeName(std::string_view printed) {
  TypeName type;
  std::string_view rest = printed;
  if (TakeIdentifier(rest, &type.schema) && rest.starts_with('.')) {
    rest.remove_prefix(1);
    if (TakeIdentifier(rest, &type.name)) {
      type.rest = rest;
      return type;
    }
  }
  return {"", std::string(printed), ""};
}

std::string PinnedTypeName(std::string_view printed) {
  if (!ParseTypeName(printed).schema.empty()) return std::string(printed);
  // The grammar itself gives these words the server's own types, and some of them take a form that no name has.
  constexpr std::array<std::string_view, 12> kWords = {"bigint", "bit",      "boolean",  "character",
                                                       "double", "integer",  "interval", "numeric",
                                                       "real",   "smallint", "time",     "timestamp"};
  const std::string_view word = printed.substr(0, printed.find_first_of(" (["));
  for (const std::string_view known : kWords) {
    if (word == known) return std::string(printed);
  }
  return "pg_catalog." + std::string(printed);
}

Result<std::vector<MappedType>> MapTypes(pgwire::Session& session, const std::vector<std::string_view>& printed) {
  std::vector<TypeName> names;
  names.reserve(printed.size());
  for (const std::string_view type : printed) names.push_back(ParseTypeName(type));
  RB_ASSIGN(const std::vector<bool> known, Known(session, names));
  RB_ASSIGN(const Candidates candidates, FindCandidates(session, names));
  std::vector<MappedType> mapped;
  for (size_t i = 0; i < names.size(); ++i) {
    if (!names[i].schema.empty()) {
      mapped.push_back(Map(names[i], candidates[i]));
    } else if (known[i]) {
      mapped.push_back({PinnedTypeName(names[i].name), ""});
    } else {
      mapped.push_back({"pg_catalog.text", "the destination's server has no type " + names[i].name});
    }
  }
  return mapped;
}

}  // namespace rapidbyte::dest_postgres
