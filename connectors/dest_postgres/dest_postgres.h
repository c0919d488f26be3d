// The connector "dest-postgres", linked natively.
#pragma once

#include "abi/native_host.h"

namespace rapidbyte {
const abi::NativeConnector& DestPostgresConnector();
}  // namespace rapidbyte
