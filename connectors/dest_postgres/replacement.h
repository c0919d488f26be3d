// How the rows that are there make way for the stream's: write_mode replace, by each of its four ways. Everything runs
// inside the write transaction, after LockRelation. Wasm-safe; one thread.
#pragma once

#include <string>

#include "base/result.h"
#include "dest_postgres/relation.h"
#include "dest_postgres/target_table.h"
#include "dest_postgres/write_plan.h"
#include "pgwire/session.h"

namespace rapidbyte::dest_postgres {

// What MakeRoom would refuse by itself, before it asks the server to do anything. Errors: as MakeRoom.
Status CheckRoom(pgwire::Session& session, const WritePlan& plan, const Relation& relation);

// Before the first row. By swap, `target` is the new table afterwards. Errors: schema, where rows of other tables would
// go as well, old ones would stay, or something of the table would be lost.
Status MakeRoom(pgwire::Session& session, const WritePlan& plan, const Relation& relation, TargetTable* target);

// By staged: after the last row, before the rows in the staging table are moved.
Status MakeRoomForStaged(pgwire::Session& session, const WritePlan& plan);

// By swap: when all rows are in the new table.
Status TakePlace(pgwire::Session& session, const WritePlan& plan, const TargetTable& target);

}  // namespace rapidbyte::dest_postgres
