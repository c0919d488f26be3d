// The types of a table that is created for a stream: the source's own where the destination has them, wherever it has
// them, and text with a sentence about it where it has not. Wasm-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "pgwire/session.h"

namespace rapidbyte::dest_postgres {

// A type's name as format_type() prints it for a type outside of pg_catalog: public."My Type"(3,4)[].
struct TypeName {
  std::string schema;  // without quotes; empty: one of pg_catalog's, and `name` is the whole text
  std::string name;
  std::string rest;  // modifier and brackets
};

TypeName ParseTypeName(std::string_view printed);

// Whether `rest` of a name is what may follow one, a modifier and the brackets of an array, and nothing else: the
// source's server says so, and it goes into SQL for the destination.
bool IsModifier(std::string_view rest);

struct MappedType {
  std::string sql;   // for CREATE TABLE; means the same under every search_path
  std::string note;  // where it is not the source's type: "the destination has no type public.mood"
};

// One for each of `printed`, the names the source's server printed with search_path = pg_catalog. A type of a user's or
// an extension's is looked for in its own schema, then among the extensions' types, then everywhere; one that several
// schemas have becomes text. Inside a transaction.
Result<std::vector<MappedType>> MapTypes(pgwire::Session& session, const std::vector<std::string_view>& printed);

// The printed name of a type of this server's, so that it means the same under every search_path.
std::string PinnedTypeName(std::string_view printed);

}  // namespace rapidbyte::dest_postgres
