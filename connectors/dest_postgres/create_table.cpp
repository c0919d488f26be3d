#include "dest_postgres/create_table.h"

#include "dest_postgres/type_map.h"

namespace rapidbyte::dest_postgres {

Status CreateTable(pgwire::Session& session, const Place& place, const arrow::Schema& stream,
                   std::vector<std::string>* notes) {
  std::vector<std::string_view> printed;
  for (const arrow::Field& field : stream.fields) printed.push_back(field.Metadata("rapidbyte.pg_type"));
  RB_ASSIGN(const std::vector<MappedType> types, MapTypes(session, printed));
  std::string columns;
  for (size_t i = 0; i < types.size(); ++i) {
    const arrow::Field& field = stream.fields[i];
    const std::string name = pgwire::QuoteIdentifier(field.name);
    columns += (i == 0 ? "" : ", ") + name + " " + types[i].sql + (field.nullable ? "" : " NOT NULL");
    if (types[i].note.empty()) continue;
    notes->push_back("the column " + name + " of " + place.name + " was created as " + types[i].sql + ": " +
                     types[i].note);
  }
  RB_TRY(session.Query("CREATE TABLE " + place.name + " (" + columns + ")"));
  return {};
}

}  // namespace rapidbyte::dest_postgres
