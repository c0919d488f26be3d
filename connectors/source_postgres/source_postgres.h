// The connector "source-postgres", linked natively.
#pragma once

#include "abi/native_host.h"

namespace rapidbyte {
const abi::NativeConnector& SourcePostgresConnector();
}  // namespace rapidbyte
