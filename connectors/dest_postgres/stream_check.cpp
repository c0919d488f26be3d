#include "dest_postgres/stream_check.h"

#include "dest_postgres/preparation.h"
#include "dest_postgres/relation.h"
#include "dest_postgres/replacement.h"
#include "dest_postgres/type_map.h"
#include "sdk/postgres.h"

namespace rapidbyte::dest_postgres {
namespace {

class StreamCheck {
 public:
  StreamCheck(pgwire::Session& session, const WritePlan& plan, const arrow::Schema& stream, const ServerFacts& server,
              sdk::Findings& findings)
      : session_(session),
        plan_(plan),
        name_(plan_.place.name),
        stream_(stream),
        server_(server),
        findings_(findings) {}

  // In a transaction of its own. What it fails with is a finding as well.
  void Run() {
    const auto begun = session_.Query(sdk::BeginStatements(sdk::TransactionKind::kLatest, kCheckLockWaitMs));
    const Status done = begun ? Look() : Fail(begun.error());
    if (!done) Tell(done.error());
    static_cast<void>(session_.Query("ROLLBACK"));
  }

 private:
  Status Look() {
    RB_ASSIGN(const Found found, FindRelation(session_, plan_.place, Number::kNone));
    if (!found.schema) {
      if (!server_.may_create_schemas) {
        Tell(Denied("there is no schema " + pgwire::QuoteIdentifier(plan_.place.schema) +
                        ", and the destination's role may not create it",
                    "create it and grant the role USAGE and CREATE on it, or grant it CREATE on the database"));
      }
      return LookAtTypes();
    }
    RB_ASSIGN(const SchemaFacts schema, ReadSchemaFacts(session_, plan_.place.schema));
    if (!schema.usage) {
      Tell(Denied("the destination's role may not use the schema " + pgwire::QuoteIdentifier(plan_.place.schema),
                  "grant it USAGE on the schema"));
      return {};
    }
    if (!schema.create && (found.oid.empty() || plan_.mode == WriteMode::kReplaceSwap)) {
      Tell(Denied(
          "the destination's role may not create tables in the schema " + pgwire::QuoteIdentifier(plan_.place.schema),
          "grant it CREATE on the schema"));
    }
    return found.oid.empty() ? LookAtTypes() : LookAtTable(found);
  }

  // Of a table that a run would create.
  Status LookAtTypes() {
    if (stream_.fields.empty()) return {};
    std::vector<std::string_view> printed;
    for (const arrow::Field& field : stream_.fields) printed.push_back(field.Metadata("rapidbyte.pg_type"));
    RB_ASSIGN(const std::vector<MappedType> types, MapTypes(session_, printed));
    bool casts = false;
    for (size_t i = 0; i < types.size(); ++i) {
      const arrow::Field& field = stream_.fields[i];
      casts = casts || (field.Metadata("rapidbyte.encoding") == "text" && types[i].sql != "pg_catalog.text");
      if (types[i].note.empty()) continue;
      findings_.AddNote(plan_.place.table, "the column " + pgwire::QuoteIdentifier(field.name) + " of " + name_ +
                                               " will be created as " + types[i].sql + ": " + types[i].note);
    }
    return casts && !plan_.by_insert ? LookAtStaging() : Status{};
  }

  Status LookAtTable(const Found& found) {
    if (const Status other = CheckIsNotTheSource(session_, plan_.place, found, stream_); !other) Tell(other.error());
    RB_ASSIGN(const Relation relation, DescribeRelation(session_, plan_.place));
    RB_ASSIGN(const TableFacts facts, ReadTableFacts(session_, found.oid, stream_));
    LookAtRights(facts);
    if (const Status room = CheckRoom(session_, plan_, relation); !room) Tell(room.error());
    LookAtTruncate(facts, relation);
    LookAtColumns(facts);
    if (const Status rules = CheckRules(plan_, relation); !rules) Tell(rules.error());
    if (MayLock(facts)) {
      RB_TRY(Try([&] { return LockRelation(session_, plan_.place, plan_.replaces(), found.kind); }));
    }
    return LookAtLoading(facts, relation);
  }

  // Whether LockRelation would ask for no right whose lack has been told.
  bool MayLock(const TableFacts& facts) const {
    if (!facts.insert || !facts.forbidden_columns.empty()) return false;
    if (plan_.mode == WriteMode::kReplaceDelete) return facts.may_delete;
    return (plan_.mode != WriteMode::kReplaceTruncate && plan_.mode != WriteMode::kReplaceStaged) || facts.may_truncate;
  }

  void LookAtRights(const TableFacts& facts) {
    if (!facts.insert) {
      Tell(Denied("the destination's role may not insert into " + name_, "grant it INSERT on the table"));
    } else if (!facts.forbidden_columns.empty()) {
      Tell(Denied("the destination's role may not insert into the columns " + facts.forbidden_columns + " of " + name_,
                  "grant it INSERT on them, or select other columns"));
    }
    if (plan_.mode == WriteMode::kReplaceDelete && !facts.may_delete) {
      Tell(Denied("the destination's role may not delete from " + name_,
                  "grant it DELETE, which replace_by: delete needs"));
    }
    if (plan_.mode == WriteMode::kReplaceDelete && facts.policies) {
      Tell(Denied("row-level security hides rows of " + name_ + " from DELETE",
                  "give the destination's role BYPASSRLS, or use another replace_by"));
    }
  }

  void LookAtTruncate(const TableFacts& facts, const Relation& relation) {
    if (plan_.mode != WriteMode::kReplaceTruncate && plan_.mode != WriteMode::kReplaceStaged) return;
    if (relation.kind == 'v') {
      return Tell(sdk::SchemaError(name_ + " is a view, which TRUNCATE does not empty", "use replace_by: delete"));
    }
    if (!facts.may_truncate) {
      Tell(Denied("the destination's role may not truncate " + name_, "grant it TRUNCATE, or use replace_by: delete"));
    }
    if (!facts.foreign_keys.empty()) {
      Tell(sdk::SchemaError("foreign keys forbid to truncate " + name_ + ": " + facts.foreign_keys,
                            "use replace_by: delete, or drop them"));
    }
  }

  void LookAtColumns(const TableFacts& facts) {
    if (stream_.fields.empty()) return;
    TellUnfilled(facts.unfilled_columns);
    if (!facts.strict_columns.empty()) {
      findings_.AddNote(plan_.place.table, "the columns " + facts.strict_columns + " of " + name_ +
                                               " are NOT NULL, and the source may have NULL there: a run ends at the "
                                               "first one");
    }
  }

  void TellUnfilled(const std::string& columns) {
    if (columns.empty()) return;
    Tell(sdk::SchemaError("the stream has nothing for the columns " + columns + " of " + name_ +
                              ", which are NOT NULL and have no default",
                          "give them a default, or have the source select them"));
  }

  // How the rows would get in: types, staging, policies.
  Status LookAtLoading(const TableFacts& facts, const Relation& relation) {
    if (stream_.fields.empty()) return {};
    TargetTable target;
    target.name = name_;
    Result<std::vector<TargetColumn>> columns = MatchColumns(stream_, relation, name_);
    if (!columns) {
      Tell(columns.error());
      return {};
    }
    target.columns = std::move(*columns);
    const bool staged = NeedsStaging(plan_, relation, target);
    if (staged) RB_TRY(LookAtStaging());
    const bool by_copy = !staged && !plan_.by_insert;
    if (!by_copy) TellUnfilled(facts.unfilled_domains);
    LookAtPolicies(facts, by_copy);
    if (!facts.insert || !facts.forbidden_columns.empty()) return {};
    return Try([&]() -> Status {
      RB_TRY(session_.Query(target.ExplainInsert()));
      return {};
    });
  }

  Status LookAtStaging() {
    if (server_.may_create_temporary) return {};
    Tell(
        Denied("the destination's role may not create temporary tables, which rows go to first where the server has to "
               "cast them, and by replace_by: staged",
               "grant it TEMPORARY on the database, or use load_method: insert"));
    return {};
  }

  void LookAtPolicies(const TableFacts& facts, bool by_copy) {
    if (!facts.policies) return;
    if (by_copy) {
      Tell(Denied("row-level security of " + name_ + " forbids COPY to the destination's role",
                  "use load_method: insert, or give the role BYPASSRLS"));
    } else if (!facts.insert_policy) {
      Tell(Denied("no policy of " + name_ + " lets the destination's role insert rows",
                  "create one, or give the role BYPASSRLS"));
    } else {
      findings_.AddNote(plan_.place.table,
                        "row-level security of " + name_ + " may refuse rows: a run ends at the first");
    }
  }

  // Asks the server, and gives back what locks that took.
  template <typename Ask>
  Status Try(Ask ask) {
    RB_TRY(session_.Query("SAVEPOINT rapidbyte_check"));
    const Status asked = ask();
    RB_TRY(session_.Query("ROLLBACK TO SAVEPOINT rapidbyte_check; RELEASE SAVEPOINT rapidbyte_check"));
    if (!asked) Tell(asked.error());
    return {};
  }

  void Tell(Error error) {
    if (error.sqlstate != "55P03") return findings_.AddError(plan_.place.table, std::move(error));
    findings_.AddNote(plan_.place.table, "another session holds a lock on " + name_ +
                                             ", so not all of it was looked at; a run waits as long as "
                                             "destination.config.lock_wait_timeout says");
  }

  pgwire::Session& session_;
  const WritePlan& plan_;
  const std::string& name_;  // of the table
  const arrow::Schema& stream_;
  const ServerFacts& server_;
  sdk::Findings& findings_;
};

}  // namespace

Error Denied(std::string message, std::string hint) {
  Error error = sdk::SchemaError(std::move(message), std::move(hint));
  error.category = "permission";
  return error;
}

void CheckStream(pgwire::Session& session, const WritePlan& plan, const arrow::Schema& stream,
                 const ServerFacts& server, sdk::Findings& findings) {
  StreamCheck(session, plan, stream, server, findings).Run();
}

}  // namespace rapidbyte::dest_postgres
