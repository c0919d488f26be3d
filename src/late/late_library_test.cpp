#include "late/late_library.h"

#include <dlfcn.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libpq-fe.h>
#include <openssl/evp.h>

#include <string_view>

namespace rapidbyte::late {
namespace {

bool IsLoaded(const char* soname) {
  void* library = dlopen(soname, RTLD_LAZY | RTLD_NOLOAD);
  if (library != nullptr) dlclose(library);
  return library != nullptr;
}

// In a process of its own, where nothing was called yet.
void CallBoth() {
  if (IsLoaded("libpq.so.5") || IsLoaded("libcrypto.so.3")) _exit(1);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (EVP_Digest("abc", 3, digest, &size, EVP_sha256(), nullptr) != 1 || size != 32 || digest[0] != 0xba) _exit(2);
  if (IsLoaded("libpq.so.5") || !IsLoaded("libcrypto.so.3")) _exit(3);
  char* message = nullptr;
  PQconninfoOption* options = PQconninfoParse("host=h port=5", &message);
  if (options == nullptr || message != nullptr) _exit(4);
  PQconninfoFree(options);
  _exit(IsLoaded("libpq.so.5") ? 0 : 5);
}

TEST(LateLibrary, IsLoadedByItsFirstCall) { EXPECT_EXIT(CallBoth(), testing::ExitedWithCode(0), ""); }

TEST(LateLibrary, ThatIsMissingEndsTheProcessWithAMessage) {
  EXPECT_EXIT(Symbol("librapidbyte_missing.so.1", "f"), testing::ExitedWithCode(127),
              "cannot load librapidbyte_missing.so.1");
  EXPECT_EXIT(Symbol("libpq.so.5", "PQmissing"), testing::ExitedWithCode(127), "PQmissing");
}

}  // namespace
}  // namespace rapidbyte::late
