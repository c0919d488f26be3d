#include "dest_postgres/swap_queries.h"

#include "pgwire/messages.h"

namespace rapidbyte::dest_postgres {
namespace {

using pgwire::QuoteLiteral;

// "WITH t AS (the old table's row of pg_class) ".
std::string With(const Place& place) {
  return "WITH t AS (SELECT c.*, c.oid AS id FROM pg_class c WHERE c.oid = to_regclass(" + QuoteLiteral(place.name) +
         ")) ";
}

// What belongs to a table so that it comes along with a new one, or is made anew by LIKE, among all that refers to it.
constexpr const char* kOwnParts =
    "(d.classid = 'pg_constraint'::regclass AND EXISTS (SELECT FROM pg_constraint k WHERE k.oid = d.objid AND "
    "k.conrelid = t.id AND k.contype <> 'f')) OR (d.classid = 'pg_attrdef'::regclass AND EXISTS (SELECT FROM "
    "pg_attrdef k WHERE k.oid = d.objid AND k.adrelid = t.id)) OR (d.classid = 'pg_statistic_ext'::regclass AND EXISTS "
    "(SELECT FROM pg_statistic_ext k WHERE k.oid = d.objid AND k.stxrelid = t.id)) OR (d.classid = "
    "'pg_class'::regclass "
    "AND EXISTS (SELECT FROM pg_index k WHERE k.indexrelid = d.objid AND k.indrelid = t.id))";

}  // namespace

std::string SwapLossesQuery(const Place& place) {
  return With(place) +
         "SELECT 'it is not an ordinary table' FROM t WHERE relkind <> 'r' OR reloftype <> 0 UNION ALL "
         "SELECT 'it belongs to the role ' || pg_get_userbyid(relowner) FROM t WHERE NOT pg_has_role(relowner, "
         "'USAGE') UNION ALL "
         "SELECT 'it inherits from ' || i.inhparent::regclass FROM t JOIN pg_inherits i ON i.inhrelid = id UNION ALL "
         "SELECT i.inhrelid::regclass || ' inherits from it' FROM t JOIN pg_inherits i ON i.inhparent = id UNION ALL "
         "SELECT 'its row-level security' FROM t WHERE relrowsecurity OR relforcerowsecurity UNION ALL "
         "SELECT 'its replica identity' FROM t WHERE relreplident <> 'd' UNION ALL "
         "SELECT 'the counter of its identity column ' || quote_ident(a.attname) FROM t JOIN pg_attribute a ON "
         "a.attrelid = id WHERE a.attidentity <> '' UNION ALL "
         "SELECT 'its order of CLUSTER' FROM t JOIN pg_index i ON i.indrelid = id WHERE i.indisclustered UNION ALL "
         "SELECT 'its security label' FROM t JOIN pg_seclabel s ON s.classoid = 'pg_class'::regclass AND s.objoid = id "
         "UNION ALL "
         "SELECT 'its place in a subscription' FROM t JOIN pg_subscription_rel s ON s.srrelid = id UNION ALL "
         "SELECT pg_describe_object(d.refclassid, d.refobjid, 0) || ', which it belongs to' FROM t JOIN pg_depend d ON "
         "d.classid = 'pg_class'::regclass AND d.objid = id AND d.deptype = 'e' UNION ALL "
         // Views and rules, functions, columns of its row type, foreign keys either way, triggers, policies,
         // publications: whatever refers to the table or its row type and is not one of its own parts.
         "SELECT DISTINCT pg_describe_object(d.classid, d.objid, 0) FROM t JOIN pg_depend d ON (d.refclassid = "
         "'pg_class'::regclass AND d.refobjid = id) OR (d.refclassid = 'pg_type'::regclass AND d.refobjid IN (SELECT "
         "y.oid FROM pg_type y WHERE y.oid = t.reltype OR y.typelem = t.reltype AND y.typtype = 'b')) WHERE "
         "(d.deptype = 'n' OR d.classid IN ('pg_trigger'::regclass, 'pg_policy'::regclass, 'pg_rewrite'::regclass, "
         "'pg_publication_rel'::regclass, 'pg_constraint'::regclass)) AND NOT (" +
         kOwnParts +
         ") AND NOT (d.classid = 'pg_trigger'::regclass AND EXISTS (SELECT FROM pg_trigger g WHERE g.oid = d.objid AND "
         "g.tgisinternal))";
}

std::string SwapTableQuery(const Place& place) {
  return With(place) +
         ", n AS (SELECT quote_ident(s.nspname) || '.rapidbyte_new_' || id AS name FROM t JOIN pg_namespace s ON s.oid "
         "= relnamespace) SELECT n.name, 'CREATE ' || CASE relpersistence WHEN 'u' THEN 'UNLOGGED ' ELSE '' END || "
         "'TABLE ' || n.name || ' (LIKE ' || " +
         QuoteLiteral(place.name) +
         " || ' INCLUDING ALL) USING ' || quote_ident(m.amname) || coalesce(' TABLESPACE ' || quote_ident(p.spcname), "
         "'') FROM n, t JOIN pg_am m ON m.oid = relam LEFT JOIN pg_tablespace p ON p.oid = reltablespace";
}

std::string SwapOwnerQuery(const Place& place, const std::string& new_table) {
  return With(place) + "SELECT format('ALTER TABLE %s OWNER TO %I', " + QuoteLiteral(new_table) +
         ", pg_get_userbyid(t.relowner)) FROM t JOIN pg_class w ON w.oid = to_regclass(" + QuoteLiteral(new_table) +
         ") WHERE w.relowner <> t.relowner";
}

std::string SwapSettingsQuery(const Place& place, const std::string& new_table) {
  const std::string table = QuoteLiteral(new_table);
  const std::string grantee = "CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END";
  const std::string option = "CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END";
  return With(place) + ", w AS (SELECT c.* FROM pg_class c WHERE c.oid = to_regclass(" + table +
         // Default privileges may have given the new table grants that the old one had not.
         ")) SELECT format('REVOKE ALL ON TABLE %s FROM %s', " + table + ", " + grantee +
         ") FROM w, LATERAL (SELECT DISTINCT e.grantee FROM aclexplode(coalesce(w.relacl, acldefault('r', "
         "w.relowner))) "
         "e) g UNION ALL SELECT format('GRANT %s ON TABLE %s TO %s%s', g.privilege_type, " +
         table + ", " + grantee + ", " + option +
         ") FROM t, LATERAL aclexplode(coalesce(t.relacl, acldefault('r', t.relowner))) g UNION ALL SELECT "
         "format('GRANT %s (%I) ON TABLE %s TO %s%s', g.privilege_type, a.attname, " +
         table + ", " + grantee + ", " + option +
         ") FROM t JOIN pg_attribute a ON a.attrelid = t.id AND NOT a.attisdropped, LATERAL aclexplode(a.attacl) g "
         "UNION ALL SELECT format('ALTER TABLE %s SET (%s)', " +
         table +
         ", array_to_string(t.reloptions, ', ')) FROM t WHERE t.reloptions IS NOT NULL UNION ALL SELECT "
         "format('ALTER TABLE %s SET (toast.%s)', " +
         table +
         ", array_to_string(o.reloptions, ', toast.')) FROM t JOIN pg_class o ON o.oid = t.reltoastrelid WHERE "
         "o.reloptions IS NOT NULL UNION ALL SELECT format('COMMENT ON TABLE %s IS %L', " +
         table +
         ", obj_description(t.id, 'pg_class')) FROM t WHERE obj_description(t.id, 'pg_class') IS NOT NULL "
         "UNION ALL SELECT format('ALTER TABLE %s ALTER COLUMN %I SET STATISTICS %s', " +
         table +
         ", a.attname, a.attstattarget) FROM t JOIN pg_attribute a ON a.attrelid = t.id AND a.attnum > 0 AND "
         "NOT a.attisdropped AND a.attstattarget >= 0 UNION ALL SELECT format('ALTER TABLE %s ALTER COLUMN %I "
         "SET (%s)', " +
         table +
         ", a.attname, array_to_string(a.attoptions, ', ')) FROM t JOIN pg_attribute a ON a.attrelid = t.id "
         "AND NOT a.attisdropped AND a.attoptions IS NOT NULL UNION ALL SELECT format('ALTER SEQUENCE %s "
         "OWNED BY %s.%I', d.objid::regclass, " +
         table +
         ", a.attname) FROM t JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = t.id "
         "AND d.classid = 'pg_class'::regclass AND d.deptype = 'a' JOIN pg_class s ON s.oid = d.objid AND "
         "s.relkind = 'S' JOIN pg_attribute a ON a.attrelid = t.id AND a.attnum = d.refobjsubid";
}

std::string SwapIndexesQuery(const Place& place, const std::string& new_table) {
  // LIKE makes the new indexes in the order of the old ones' oids.
  auto indexes = [](const std::string& name) {
    return "(SELECT row_number() OVER (ORDER BY i.indexrelid) AS number, c.relname, s.nspname, ((SELECT "
           "string_agg(pg_get_indexdef(i.indexrelid, k, true), ',' ORDER BY k) FROM generate_series(1, i.indnatts) k), "
           "i.indisunique, i.indisprimary, i.indclass::text, i.indoption::text, pg_get_expr(i.indpred, "
           "i.indrelid))::text AS shape FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
           "JOIN pg_namespace s ON s.oid = c.relnamespace WHERE i.indisvalid AND i.indrelid = to_regclass(" +
           QuoteLiteral(name) + "))";
  };
  return "SELECT CASE WHEN o.shape = w.shape THEN format('ALTER INDEX %I.%I RENAME TO %I', w.nspname, w.relname, "
         "o.relname) END FROM " +
         indexes(place.name) + " o FULL JOIN " + indexes(new_table) + " w ON w.number = o.number";
}

}  // namespace rapidbyte::dest_postgres
