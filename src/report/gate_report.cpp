#include "report/gate_report.h"

#include <fmt/format.h>

#include "base/printable.h"
#include "report/comparison_causes.h"
#include "report/comparison_table.h"
#include "report/flamegraph_text.h"

namespace rapidbyte::report {
namespace {

// XML 1.0 has no place for most control characters, not even escaped.
std::string Escaped(const std::string& text) { return XmlText(Printable(text)); }

std::string Case(const ComparisonRow& row, const std::string& suite, const std::vector<std::string>& causes,
                 bool fail_inconclusive) {
  const stats::Decision& decision = row.cell->decision;
  std::string text = fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"0\"", Escaped(suite),
                                 Escaped(record::Label(row.cell->row)));
  const std::string message = Escaped(fmt::format("{}: {} to {}, {} {}", stats::VerdictName(decision.verdict),
                                                  row.before, row.after, row.change, row.interval));
  std::string reasons;
  for (const std::string& reason : stats::Explain(decision)) reasons += Escaped(reason) + "\n";
  for (const std::string& cause : causes) reasons += Escaped(cause) + "\n";
  const bool inconclusive = decision.verdict == stats::Verdict::kInconclusive;
  if (decision.verdict == stats::Verdict::kRegressed || (inconclusive && fail_inconclusive)) {
    return text + fmt::format(">\n      <failure message=\"{}\" type=\"{}\">{}</failure>\n    </testcase>\n", message,
                              stats::VerdictName(decision.verdict), reasons);
  }
  if (inconclusive) return text + fmt::format(">\n      <skipped message=\"{}\"/>\n    </testcase>\n", message);
  return text + fmt::format(">\n      <system-out>{}</system-out>\n    </testcase>\n", message);
}

std::string FailedCase(const record::CellKey& row, const std::string& suite) {
  return fmt::format(
      "    <testcase classname=\"{}\" name=\"{}\" time=\"0\">\n"
      "      <failure message=\"every run failed\" type=\"failed\"/>\n    </testcase>\n",
      Escaped(suite), Escaped(record::Label(row)));
}

}  // namespace

std::string ComparisonJunit(const analysis::Comparison& comparison, const ComparisonNotes& notes,
                            bool fail_inconclusive) {
  std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  for (size_t column = 1; column < comparison.columns.size(); ++column) {
    const ComparisonTable table = TableOf(comparison, column);
    const std::string suite = fmt::format("{} against {}", notes.column_names[column], notes.column_names[0]);
    size_t failures = 0;
    size_t skipped = 0;
    std::string cases;
    for (const ComparisonRow& row : table.rows) {
      const stats::Verdict verdict = row.cell->decision.verdict;
      const bool inconclusive = verdict == stats::Verdict::kInconclusive;
      failures += verdict == stats::Verdict::kRegressed || (inconclusive && fail_inconclusive) ? 1 : 0;
      skipped += inconclusive && !fail_inconclusive ? 1 : 0;
      cases += Case(row, suite, CausesLines(notes.causes, row, column), fail_inconclusive);
    }
    size_t tests = table.rows.size();
    if (column + 1 == comparison.columns.size()) {
      for (const record::CellKey& row : notes.failed) cases += FailedCase(row, suite);
      tests += notes.failed.size();
      failures += notes.failed.size();
    }
    text +=
        fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\" time=\"0\">\n",
                    Escaped(suite), tests, failures, skipped);
    text += cases + "  </testsuite>\n";
  }
  return text + "</testsuites>\n";
}

}  // namespace rapidbyte::report
