/* Stands in for libedgetpu: an external delegate that takes no nodes and writes down how it was opened.
   The struct is that of TensorFlow Lite's C API (tensorflow/lite/core/c/common.h), whose order of members is fixed. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct Delegate {
    void *data;
    int (*prepare)(void *context, struct Delegate *self);
    void *copy_from, *copy_to, *free_handle;
    int64_t flags;
    void *builder;
} Delegate;

static void note(const char *what, const char *value) {
    const char *path = getenv("STANDIN_LOG");
    FILE *file = path ? fopen(path, "a") : NULL;
    if (file) {
        fprintf(file, "%s%s\n", what, value);
        fclose(file);
    }
}

static int prepare(void *context, Delegate *self) {
    (void)context, (void)self;
    note("prepare", "");
    return 0;
}

Delegate *tflite_plugin_create_delegate(char **keys, char **values, size_t count, void (*report)(const char *)) {
    note("create", "");
    for (size_t i = 0; i < count; i++) {
        note(keys[i], "");
        note("=", values[i]);
    }
    if (getenv("STANDIN_TAKEN")) {
        report("the device is taken by another program");
        return NULL;
    }
    Delegate *made = calloc(1, sizeof(Delegate));
    made->prepare = prepare;
    return made;
}

void tflite_plugin_destroy_delegate(Delegate *made) {
    note("destroy", "");
    free(made);
}
