// Readers of the exports that know nothing of how they were written: each gives the total per function.
#pragma once

#include <zlib.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "profile/export/test_profiles.h"

namespace rapidbyte::profile {

inline void AddOnce(const std::vector<std::string>& stack, double value, Totals& totals) {
  for (const std::string& name : std::set<std::string>(stack.begin(), stack.end())) totals[name] += value;
}

// Without the marks behind a name, and without the thread before the stack: MakeRandom's functions begin with an f.
inline Totals FoldedTotals(const std::string& text) {
  Totals totals;
  for (size_t start = 0, end = 0; start < text.size(); start = end + 1) {
    end = text.find('\n', start);
    const std::string line = text.substr(start, end - start);
    std::vector<std::string> stack;
    const size_t space = line.rfind(' ');
    for (size_t from = 0, to = 0; to < space; from = to + 1) {
      to = std::min(space, line.find(';', from));
      std::string name = line.substr(from, to - from);
      if (name.size() > 4 && name.ends_with(']') && name.substr(name.size() - 4, 2) == "_[")
        name.resize(name.size() - 4);
      if (name.starts_with('f')) stack.push_back(name);
    }
    AddOnce(stack, std::stod(line.substr(space + 1)), totals);
  }
  return totals;
}

inline Totals SpeedscopeTotals(const std::string& text) {
  const auto file = nlohmann::json::parse(text);
  Totals totals;
  for (const auto& profile : file["profiles"]) {
    for (size_t i = 0; i < profile["samples"].size(); ++i) {
      std::vector<std::string> stack;
      for (const auto& frame : profile["samples"][i])
        stack.push_back(file["shared"]["frames"].at(size_t(frame))["name"]);
      AddOnce(stack, profile["weights"].at(i), totals);
    }
  }
  return totals;
}

inline Totals FirefoxTotals(const std::string& text) {
  const auto file = nlohmann::json::parse(text);
  const auto& shared = file["shared"];
  Totals totals;
  for (const auto& thread : file["threads"]) {
    const auto& samples = thread["samples"];
    const double scale = samples["weightType"] == "tracing-ms" ? 1e6 : 1;
    for (size_t i = 0; i < samples["length"]; ++i) {
      std::vector<std::string> stack;
      for (int64_t row = samples["stack"].at(i).is_null() ? -1 : int64_t(samples["stack"][i]); row >= 0;) {
        const size_t function = shared["frameTable"]["func"].at(size_t(shared["stackTable"]["frame"].at(row)));
        stack.push_back(shared["stringArray"].at(size_t(shared["funcTable"]["name"].at(function))));
        const int64_t offset = shared["stackTable"]["prefixOffset"].at(row);
        row = offset == 0 ? -1 : row - offset;
      }
      AddOnce(stack, double(samples["weight"].at(i)) * scale, totals);
    }
  }
  return totals;
}

inline Totals ChromeTotals(const std::string& text) {
  const auto file = nlohmann::json::parse(text);
  Totals totals;
  for (const auto& sample : file["samples"]) {
    std::vector<std::string> stack;
    for (uint64_t id = sample["sf"]; id != 0;) {
      const auto& frame = file["stackFrames"].at(std::to_string(id));
      stack.push_back(frame["name"]);
      id = frame.value("parent", 0);
    }
    AddOnce(stack, sample["weight"], totals);
  }
  return totals;
}

inline std::string Gunzip(const std::string& bytes) {
  z_stream stream{};
  if (inflateInit2(&stream, 15 + 16) != Z_OK) throw std::runtime_error("inflateInit2");
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string out;
  for (int status = Z_OK; status != Z_STREAM_END;) {
    char block[1 << 16];
    stream.next_out = reinterpret_cast<Bytef*>(block);
    stream.avail_out = sizeof block;
    status = inflate(&stream, Z_NO_FLUSH);
    if (status != Z_OK && status != Z_STREAM_END) throw std::runtime_error("not gzip, or cut off");
    out.append(block, sizeof block - stream.avail_out);
  }
  inflateEnd(&stream);
  return out;
}

// One field of a protobuf message: a number, or bytes.
struct ProtobufField {
  uint32_t number = 0;
  uint64_t value = 0;
  std::string_view bytes;
};

inline uint64_t TakeVarint(std::string_view& bytes) {
  uint64_t value = 0;
  for (int shift = 0;; shift += 7) {
    if (bytes.empty() || shift > 63) throw std::runtime_error("a varint does not end");
    const auto byte = static_cast<uint8_t>(bytes[0]);
    bytes.remove_prefix(1);
    value |= uint64_t{byte & 0x7fu} << shift;
    if (byte < 0x80) return value;
  }
}

inline std::vector<ProtobufField> FieldsOf(std::string_view bytes) {
  std::vector<ProtobufField> fields;
  while (!bytes.empty()) {
    const uint64_t tag = TakeVarint(bytes);
    ProtobufField field{static_cast<uint32_t>(tag >> 3), TakeVarint(bytes), {}};
    if ((tag & 7) == 2) {
      if (field.value > bytes.size()) throw std::runtime_error("a field reaches past the end");
      field.bytes = bytes.substr(0, field.value);
      bytes.remove_prefix(field.value);
    } else if ((tag & 7) != 0) {
      throw std::runtime_error("a wire type that profile.proto does not have");
    }
    fields.push_back(field);
  }
  return fields;
}

inline std::vector<uint64_t> NumbersOf(std::string_view packed) {
  std::vector<uint64_t> numbers;
  while (!packed.empty()) numbers.push_back(TakeVarint(packed));
  return numbers;
}

// What a test looks at in a pprof file.
struct Pprof {
  struct Sample {
    std::vector<std::vector<std::string>> locations;  // leaf first; of each the functions, innermost first
    std::vector<uint64_t> values;
    std::map<std::string, std::string> labels;
  };
  std::vector<std::string> types;  // "cpu/nanoseconds"
  std::string default_type;
  std::vector<Sample> samples;
  std::vector<std::string> mappings;
  std::vector<std::string> comments;
};

inline Pprof ReadPprof(const std::string& file) {
  const std::string bytes = Gunzip(file);
  const std::vector<ProtobufField> fields = FieldsOf(bytes);
  std::vector<std::string> texts;
  for (const ProtobufField& f : fields) {
    if (f.number == 6) texts.emplace_back(f.bytes);
  }
  if (texts.at(0) != "") throw std::runtime_error("the first text must be empty");
  const auto value = [](std::string_view message, uint32_t number) {
    for (const ProtobufField& f : FieldsOf(message)) {
      if (f.number == number) return f.value;
    }
    return uint64_t{0};
  };
  std::map<uint64_t, std::string> functions;
  std::map<uint64_t, std::vector<std::string>> locations;
  for (const ProtobufField& f : fields) {
    if (f.number == 5) functions[value(f.bytes, 1)] = texts.at(value(f.bytes, 2));
  }
  Pprof profile;
  for (const ProtobufField& f : fields) {
    if (f.number == 1) profile.types.push_back(texts.at(value(f.bytes, 1)) + "/" + texts.at(value(f.bytes, 2)));
    if (f.number == 3) profile.mappings.push_back(texts.at(value(f.bytes, 5)));
    if (f.number == 13) profile.comments.push_back(texts.at(f.value));
    if (f.number == 14) profile.default_type = texts.at(f.value);
    if (f.number != 4) continue;
    std::vector<std::string>& lines = locations[value(f.bytes, 1)];
    for (const ProtobufField& line : FieldsOf(f.bytes)) {
      if (line.number == 4) lines.push_back(functions.at(value(line.bytes, 1)));
    }
  }
  for (const ProtobufField& f : fields) {
    if (f.number != 2) continue;
    Pprof::Sample& sample = profile.samples.emplace_back();
    for (const ProtobufField& part : FieldsOf(f.bytes)) {
      if (part.number == 1) {
        for (const uint64_t id : NumbersOf(part.bytes)) sample.locations.push_back(locations.at(id));
      }
      if (part.number == 2) sample.values = NumbersOf(part.bytes);
      if (part.number == 3) {
        const uint64_t text = value(part.bytes, 2);
        sample.labels[texts.at(value(part.bytes, 1))] =
            text != 0 ? texts.at(text) : std::to_string(int64_t(value(part.bytes, 3)));
      }
    }
  }
  return profile;
}

// Over all states: the values that are times, or counts where there are no times.
inline Totals PprofTotals(const std::string& file) {
  const Pprof profile = ReadPprof(file);
  const bool has_times = profile.types.at(profile.types.size() - 1).ends_with("/nanoseconds");
  Totals totals;
  for (const Pprof::Sample& sample : profile.samples) {
    std::vector<std::string> stack;
    for (const auto& location : sample.locations) stack.insert(stack.end(), location.begin(), location.end());
    double sum = 0;
    for (size_t i = has_times ? 1 : 0; i < sample.values.size(); i += has_times ? 2 : 1)
      sum += double(sample.values[i]);
    AddOnce(stack, sum, totals);
  }
  return totals;
}

}  // namespace rapidbyte::profile
