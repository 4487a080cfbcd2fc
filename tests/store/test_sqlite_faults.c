/*
 * Every call that SQLite makes of the file system fails once, and in another round that one and all after
 * it: a commit is there whole or not at all, and the database stays sound.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

#include "kh/hash.h"
#include "sqlite_files.h"

/* ---- A file system whose calls fail -------------------------------------------------------- */

static struct {
    sqlite3_vfs *real;
    long calls;
    long fail_at; /* counted from 1; 0: none */
    bool persistent;
    long injected;
} faults;

struct faulty_file {
    sqlite3_file head;
    sqlite3_file *real; /* behind this struct */
};

static sqlite3_file *real_of(sqlite3_file *file)
{
    return ((struct faulty_file *)file)->real;
}

static bool fails(void)
{
    faults.calls++;
    if (faults.fail_at == 0 || faults.calls < faults.fail_at ||
        (!faults.persistent && faults.calls > faults.fail_at)) {
        return false;
    }
    faults.injected++;
    return true;
}

static int faulty_close(sqlite3_file *file)
{
    return real_of(file)->pMethods->xClose(real_of(file));
}

static int faulty_read(sqlite3_file *file, void *out, int count, sqlite3_int64 offset)
{
    return fails() ? SQLITE_IOERR_READ
                   : real_of(file)->pMethods->xRead(real_of(file), out, count, offset);
}

/* Half of it is written, as on a disk that fills up. */
static int faulty_write(sqlite3_file *file, const void *data, int count, sqlite3_int64 offset)
{
    if (!fails()) {
        return real_of(file)->pMethods->xWrite(real_of(file), data, count, offset);
    }
    (void)real_of(file)->pMethods->xWrite(real_of(file), data, count / 2, offset);
    return faults.fail_at % 2 == 0 ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

static int faulty_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    return fails() ? SQLITE_IOERR_TRUNCATE
                   : real_of(file)->pMethods->xTruncate(real_of(file), size);
}

static int faulty_sync(sqlite3_file *file, int flags)
{
    return fails() ? SQLITE_IOERR_FSYNC : real_of(file)->pMethods->xSync(real_of(file), flags);
}

static int faulty_file_size(sqlite3_file *file, sqlite3_int64 *out)
{
    return fails() ? SQLITE_IOERR_FSTAT : real_of(file)->pMethods->xFileSize(real_of(file), out);
}

static int faulty_lock(sqlite3_file *file, int kind)
{
    return fails() ? SQLITE_IOERR_LOCK : real_of(file)->pMethods->xLock(real_of(file), kind);
}

static int faulty_unlock(sqlite3_file *file, int kind)
{
    return real_of(file)->pMethods->xUnlock(real_of(file), kind);
}

static int faulty_check_lock(sqlite3_file *file, int *out)
{
    return real_of(file)->pMethods->xCheckReservedLock(real_of(file), out);
}

static int faulty_control(sqlite3_file *file, int operation, void *argument)
{
    return real_of(file)->pMethods->xFileControl(real_of(file), operation, argument);
}

static int faulty_sector_size(sqlite3_file *file)
{
    return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int faulty_characteristics(sqlite3_file *file)
{
    return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

static int faulty_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **out)
{
    return fails() ? SQLITE_IOERR_SHMMAP
                   : real_of(file)->pMethods->xShmMap(real_of(file), page, size, extend, out);
}

static int faulty_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
    bool lock = (flags & SQLITE_SHM_LOCK) != 0;

    return lock && fails() ? SQLITE_IOERR_SHMLOCK
                           : real_of(file)->pMethods->xShmLock(real_of(file), offset, count, flags);
}

static void faulty_shm_barrier(sqlite3_file *file)
{
    real_of(file)->pMethods->xShmBarrier(real_of(file));
}

static int faulty_shm_unmap(sqlite3_file *file, int remove)
{
    return real_of(file)->pMethods->xShmUnmap(real_of(file), remove);
}

static int faulty_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out)
{
    static const sqlite3_io_methods methods = {
        2,
        faulty_close,
        faulty_read,
        faulty_write,
        faulty_truncate,
        faulty_sync,
        faulty_file_size,
        faulty_lock,
        faulty_unlock,
        faulty_check_lock,
        faulty_control,
        faulty_sector_size,
        faulty_characteristics,
        faulty_shm_map,
        faulty_shm_lock,
        faulty_shm_barrier,
        faulty_shm_unmap,
        NULL,
        NULL,
    };
    struct faulty_file *faulty = (struct faulty_file *)file;
    int result;

    (void)vfs;
    file->pMethods = NULL;
    if (fails()) {
        return SQLITE_CANTOPEN;
    }
    faulty->real = (sqlite3_file *)(faulty + 1);
    result = faults.real->xOpen(faults.real, name, faulty->real, flags, out);
    if (faulty->real->pMethods != NULL) {
        file->pMethods = &methods;
    }
    return result;
}

static int faulty_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
    (void)vfs;
    return fails() ? SQLITE_IOERR_DELETE : faults.real->xDelete(faults.real, name, sync);
}

static int faulty_access(sqlite3_vfs *vfs, const char *name, int flags, int *out)
{
    (void)vfs;
    return fails() ? SQLITE_IOERR_ACCESS : faults.real->xAccess(faults.real, name, flags, out);
}

static int use_faulty_files(void **state)
{
    static sqlite3_vfs faulty;

    (void)state;
    faults.real = sqlite3_vfs_find(NULL);
    faulty = *faults.real;
    faulty.zName = "faulty";
    faulty.szOsFile = (int)sizeof(struct faulty_file) + faults.real->szOsFile;
    faulty.xOpen = faulty_open;
    faulty.xDelete = faulty_delete;
    faulty.xAccess = faulty_access;
    return sqlite3_vfs_register(&faulty, 1) == SQLITE_OK ? 0 : -1;
}

/* ---- The work ------------------------------------------------------------------------------ */

enum { COMMITS = 3, TOGETHER = 3 };

static const char *const ids[COMMITS] = { "event 0", "event 1", "event 2" };

static struct kh_mark mark_of(int number)
{
    struct kh_str id = kh_str_from(ids[number]);

    return (struct kh_mark){ .id = id, .hash = kh_hash(id), .home = KH_HOMELESS };
}

/* Reads the rows and puts `number` into all of them, with its mark. */
static enum kh_status do_commit(struct files *files, int number)
{
    struct kh_mark mark = mark_of(number);
    struct thing things[TOGETHER];
    struct kh_change changes[TOGETHER];
    const struct kh_commit commit = { changes, TOGETHER, &mark, 1 };

    for (int32_t i = 0; i < TOGETHER; i++) {
        uint64_t version;
        int64_t big;

        KH_TRY(fetch_big(files, i, &big, &version));
        things[i] = thing_of(i, number + 1);
        changes[i] = (struct kh_change){ .kind = KH_CHANGE_PUT,
                                         .entity = &thing_entity,
                                         .value = &things[i],
                                         .state = { .version = version } };
    }
    kh_error_clear(&files->error);
    return files->store->ops->commit(files->store, &files->call, &commit);
}

static enum kh_status query_all(struct files *files)
{
    struct thing key = thing_of(0, 0);
    struct kh_page page;

    kh_error_clear(&files->error);
    return files->store->ops->query(files->store, &files->call, &thing_entity,
                                    &thing_entity.indexes[1], &key, KH_STR(""), 2, &page);
}

static void assert_explained(struct files *files, enum kh_status status)
{
    if (status != KH_OK) {
        assert_true(status == KH_STORE || status == KH_TIMEOUT || status == KH_NO_MEMORY);
        assert_int_equal(files->error.status, status);
        assert_int_not_equal(files->error.reason[0], '\0');
    }
}

/*
 * With a fault in it somewhere; what came of each commit is in `results`. After a single fault the store works
 * on: one call fails, no more.
 */
static void work(struct files *files, enum kh_status *results)
{
    enum kh_status status = files_open(files);
    int failures = 0;

    assert_explained(files, status);
    for (int i = 0; i < COMMITS; i++) {
        results[i] = status == KH_OK ? do_commit(files, i) : KH_STORE;
        assert_explained(files, results[i]);
        failures += results[i] != KH_OK;
    }
    assert_true(failures <= 1 || faults.persistent || status != KH_OK);
    if (status == KH_OK) {
        assert_explained(files, query_all(files));
    }
    files_close(files);
}

static bool is_marked(struct files *files, int number)
{
    struct kh_mark mark = mark_of(number);
    bool found = false;

    assert_int_equal(
        files->store->ops->fetch(files->store, &files->call, NULL, 0, &mark, 1, &found), KH_OK);
    return found;
}

/* All rows are as one commit left them; its mark is there, and so is that of each that was said to be done. */
static void assert_whole(struct files *files, const enum kh_status *results)
{
    int64_t first = 0;
    int64_t big;
    uint64_t version;

    assert_int_equal(files_open(files), KH_OK);
    for (int32_t i = 0; i < TOGETHER; i++) {
        assert_int_equal(fetch_big(files, i, &big, &version), KH_OK);
        first = i == 0 ? big : first;
        assert_int_equal(big, first);
    }
    for (int i = 0; i < COMMITS; i++) {
        bool marked = is_marked(files, i);

        assert_true(results[i] != KH_OK || marked);
        assert_true(!marked || first >= i + 1);
        assert_true(marked || first != i + 1);
    }
    files_close(files);
    assert_sound(files);
}

/* Any call of the first, the second, and so on until there are no more. */
static void fail_each(bool persistent)
{
    for (long fail_at = 1;; fail_at++) {
        enum kh_status results[COMMITS];
        struct files *files;
        void *state;
        bool done;

        (void)files_set_up(&state);
        files = state;
        faults.calls = 0;
        faults.injected = 0;
        faults.persistent = persistent;
        faults.fail_at = fail_at;
        work(files, results);
        done = faults.injected == 0;
        faults.fail_at = 0;
        assert_whole(files, results);
        (void)files_tear_down(&state);
        if (done) {
            assert_true(fail_at > 100);
            for (int i = 0; i < COMMITS; i++) {
                assert_int_equal(results[i], KH_OK);
            }
            break;
        }
    }
}

static void any_call_of_the_file_system_can_fail(void **state)
{
    (void)state;
    fail_each(false);
}

static void the_file_system_can_go_away_at_any_call(void **state)
{
    (void)state;
    fail_each(true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_call_of_the_file_system_can_fail),
        cmocka_unit_test(the_file_system_can_go_away_at_any_call),
    };
    return cmocka_run_group_tests(tests, use_faulty_files, NULL);
}
