// What we call of OpenSSL: the ciphers of a session that libpq has opened, and checksums.
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>

#include "late/late_library.h"

#define RB_LATE_SONAME "libcrypto.so.3"

RB_LATE2(BIO_clear_flags)
RB_LATE1(BIO_get_data)
RB_LATE0(BIO_get_new_index)
RB_LATE2(BIO_meth_new)
RB_LATE2(BIO_meth_set_ctrl)
RB_LATE2(BIO_meth_set_read)
RB_LATE2(BIO_meth_set_write)
RB_LATE1(BIO_new)
RB_LATE2(BIO_set_data)
RB_LATE2(BIO_set_flags)
RB_LATE2(BIO_set_init)
RB_LATE0(ERR_clear_error)
RB_LATE0(ERR_peek_last_error)
RB_LATE1(ERR_reason_error_string)
RB_LATE6(EVP_Digest)
RB_LATE0(EVP_sha256)

#undef RB_LATE_SONAME
#define RB_LATE_SONAME "libssl.so.3"

RB_LATE1(SSL_CTX_free)
RB_LATE1(SSL_CTX_up_ref)
RB_LATE1(SSL_connect)
RB_LATE4(SSL_ctrl)
RB_LATE1(SSL_free)
RB_LATE1(SSL_get_SSL_CTX)
RB_LATE2(SSL_get_error)
RB_LATE2(SSL_get_servername)
RB_LATE1(SSL_new)
RB_LATE4(SSL_read_ex)
RB_LATE3(SSL_set_bio)
RB_LATE4(SSL_write_ex)
