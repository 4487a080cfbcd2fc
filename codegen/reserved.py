"""Words of C and its library that names from schemas must stay clear of."""

from __future__ import annotations

KEYWORDS = frozenset(
    """
    auto break case char const continue default do double else enum extern float for goto if inline
    int long register restrict return short signed sizeof static struct switch typedef union
    unsigned void volatile while
    asm typeof
    alignas alignof bool constexpr false nullptr static_assert thread_local true typeof_unqual
    """.split()
)

# Macros in small letters that headers handler authors are likely to include define, and the words
# of C++, so that the generated headers can be used from it.
MACROS = frozenset(
    """
    and and_eq assert bitand bitor compl complex errno i386 imaginary linux noreturn not not_eq
    offsetof or or_eq stderr stdin stdout unix xor xor_eq
    catch char16_t char32_t char8_t class concept const_cast consteval constinit co_await co_return
    co_yield decltype delete dynamic_cast explicit export friend mutable namespace new noexcept
    operator private protected public reinterpret_cast requires static_cast template this throw try
    typeid typename using virtual wchar_t
    """.split()
)

# What the runtime and the libraries it is linked with begin their names with.
PREFIXES = ("kh_", "curl_", "pcre2_", "sqlite3_", "mhd_", "protobuf_c_", "pthread_")

# Functions of the C library that a type's name and a verb of ours can hit.
FUNCTIONS = frozenset(
    "aio_read aio_write epoll_create memfd_create thrd_create timer_create tss_create tss_get".split()
)

# Macros of the usual headers that an enum's name and one of its values can hit.
CONSTANTS = frozenset(
    """
    ARG_MAX CHAR_BIT CHAR_MAX CHAR_MIN EXIT_FAILURE EXIT_SUCCESS FILENAME_MAX FOPEN_MAX INT16_MAX
    INT16_MIN INT32_MAX INT32_MIN INT64_MAX INT64_MIN INT8_MAX INT8_MIN INTMAX_MAX INTMAX_MIN
    INTPTR_MAX INTPTR_MIN INT_MAX INT_MIN IOV_MAX LINE_MAX LLONG_MAX LLONG_MIN LOCK_EX LOCK_NB
    LOCK_SH LOCK_UN LOG_ALERT LOG_AUTH LOG_CRIT LOG_CRON LOG_DAEMON LOG_DEBUG LOG_EMERG LOG_ERR
    LOG_INFO LOG_KERN LOG_MAIL LOG_MASK LOG_NOTICE LOG_PID LOG_SYSLOG LOG_USER LOG_WARNING LONG_BIT
    LONG_MAX LONG_MIN NAME_MAX OPEN_MAX PATH_MAX PIPE_BUF PTRDIFF_MAX PTRDIFF_MIN RAND_MAX SCHAR_MAX
    SCHAR_MIN SEEK_CUR SEEK_DATA SEEK_END SEEK_HOLE SEEK_SET SHRT_MAX SHRT_MIN SIG_BLOCK SIG_DFL
    SIG_ERR SIG_IGN SIG_SETMASK SIG_UNBLOCK SIZE_MAX SIZE_WIDTH SSIZE_MAX STREAM_MAX SYMLINK_MAX
    TIME_UTC TMP_MAX TTY_NAME_MAX TZNAME_MAX UCHAR_MAX UINT16_MAX UINT32_MAX UINT64_MAX UINT8_MAX
    UINTMAX_MAX UINTPTR_MAX UINT_MAX UIO_MAXIOV ULLONG_MAX ULONG_MAX USHRT_MAX WCHAR_MAX WCHAR_MIN
    WINT_MAX WINT_MIN WORD_BIT
    """.split()
)

# MEMBER_ and FIELD_ are the generated code's own, inside its source files.
CONSTANT_PREFIXES = ("KH_", "CLOCK_", "CURL", "FIELD_", "LC_", "MEMBER_", "PCRE2_", "SQLITE_")
