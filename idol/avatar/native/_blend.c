/* What `compose` and `rig` do with OpenCV and NumPy, in one pass over the pixels or points.
 *
 * Pictures are premultiplied BGRA, uint8: any buffer (h, w, 4) whose pixels lie together in each
 * row.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "grid.h"
#include "land.h"
#include "lay.h"
#include "planes.h"

/* What a call holds of its arguments, until `done`. */
typedef struct {
    Py_buffer views[7];
    int count;
} Held;

static PyObject *done(Held *held, int good) {
    while (held->count > 0) PyBuffer_Release(&held->views[--held->count]);
    if (!good) return NULL;
    Py_RETURN_NONE;
}

static Py_buffer *hold(Held *held, PyObject *object, int flags) {
    Py_buffer *view = &held->views[held->count];
    if (PyObject_GetBuffer(object, view, flags) < 0) return NULL;
    held->count++;
    return view;
}

static int wrong(const char *what) {
    PyErr_SetString(PyExc_ValueError, what);
    return 0;
}

/* A (h, w, 4) uint8 array whose pixels lie together in each row. */
static int picture(Held *held, PyObject *object, Picture *out, int flags) {
    Py_buffer *v = hold(held, object, PyBUF_STRIDES | flags);
    if (!v) return 0;
    if (v->ndim != 3 || v->itemsize != 1 || v->shape[2] != 4 || v->strides[2] != 1 ||
        v->strides[1] != 4)
        return wrong("not a BGRA picture (h, w, 4) of uint8");
    *out = (Picture){v->buf, v->strides[0], (int)v->shape[1], (int)v->shape[0]};
    return 1;
}

/* A contiguous array of `ndim` dimensions and items of `size` bytes; NULL with an error `else_`. */
static Py_buffer *array(Held *held, PyObject *object, int ndim, int size, int flags,
                        const char *else_) {
    Py_buffer *v = hold(held, object, PyBUF_C_CONTIGUOUS | PyBUF_FORMAT | flags);
    if (!v) return NULL;
    const char *kind = v->format ? v->format : "B";
    const int floats = kind[0] == 'f' || kind[0] == 'd', wants_floats = size == sizeof(float);
    if (v->ndim == ndim && v->itemsize == size && floats == wants_floats) return v;
    wrong(else_);
    return NULL;
}

static unsigned bytes(double opacity) {
    return (unsigned)lround(fmin(fmax(opacity, 0), 1) * 255);
}

/* Whether the last three dimensions are those of a grid. */
static int is_grid(const Py_buffer *v) {
    const Py_ssize_t *shape = v->shape + v->ndim - 3;
    return shape[2] == 2 && shape[0] >= 2 && shape[0] <= CELLS && shape[1] >= 2 &&
           shape[1] <= CELLS;
}

/* warp(frame, source, grid, (left, top, per_x, per_y), opacity)
 *
 * All of `frame` shows `source` through `grid` (rows, columns, 2) of float32, places in the
 * source: pixel (x, y) takes what lies at column (x + left + 0.5) * per_x - 0.5 of it. */
static PyObject *warp(PyObject *Py_UNUSED(self), PyObject *args) {
    static const char *const else_ = "not a grid (rows, columns, 2) of float32";
    PyObject *frame_, *source_, *grid_;
    double left, top, per_x, per_y, opacity;
    if (!PyArg_ParseTuple(args, "OOO(dddd)d", &frame_, &source_, &grid_, &left, &top, &per_x,
                          &per_y, &opacity))
        return NULL;
    Held held = {.count = 0};
    Picture frame, source;
    Py_buffer *grid;
    int good = picture(&held, frame_, &frame, PyBUF_WRITABLE) &&
               picture(&held, source_, &source, 0) &&
               (grid = array(&held, grid_, 3, sizeof(float), 0, else_)) &&
               ((is_grid(grid) && per_x > 0 && per_y > 0) || wrong(else_));
    if (good) {
        Grid g = {grid->buf, (int)grid->shape[0], (int)grid->shape[1], left, top, per_x, per_y};
        Py_BEGIN_ALLOW_THREADS
        through(&frame, &source, &g, bytes(opacity));
        Py_END_ALLOW_THREADS
    }
    return done(&held, good);
}

/* pieces(frame, source, rects, grids, opacity): several parts of one source.
 *
 * Rectangle i of `rects` (n, 4), left, top, right, bottom in pixels of the frame, of intp, shows
 * `source` through grid i of `grids` (n, rows, columns, 2), whose points lie in the middles of a
 * division of the rectangle stretched by columns / (columns - 1). */
static PyObject *pieces(PyObject *Py_UNUSED(self), PyObject *args) {
    static const char *const else_ = "not grids (n, rows, columns, 2) for rectangles (n, 4)";
    PyObject *frame_, *source_, *rects_, *grids_;
    double opacity;
    if (!PyArg_ParseTuple(args, "OOOOd", &frame_, &source_, &rects_, &grids_, &opacity))
        return NULL;
    Held held = {.count = 0};
    Picture frame, source;
    Py_buffer *rects, *grids;
    int good = picture(&held, frame_, &frame, PyBUF_WRITABLE) &&
               picture(&held, source_, &source, 0) &&
               (rects = array(&held, rects_, 2, sizeof(Py_ssize_t), 0, else_)) &&
               (grids = array(&held, grids_, 4, sizeof(float), 0, else_)) &&
               ((rects->shape[1] == 4 && is_grid(grids) && grids->shape[0] == rects->shape[0]) ||
                wrong(else_));
    if (!good) return done(&held, 0);
    const int rows = (int)grids->shape[1], columns = (int)grids->shape[2];
    const unsigned shown = bytes(opacity);
    Py_BEGIN_ALLOW_THREADS
    for (Py_ssize_t i = 0; i < rects->shape[0]; i++) {
        const Py_ssize_t *at = (const Py_ssize_t *)rects->buf + i * 4;
        if (at[0] < 0 || at[1] < 0 || at[2] > frame.width || at[3] > frame.height ||
            at[0] >= at[2] || at[1] >= at[3] || at[2] - at[0] < 2 || at[3] - at[1] < 2)
            continue;
        Picture part = {frame.at + at[1] * frame.stride + at[0] * 4, frame.stride,
                        (int)(at[2] - at[0]), (int)(at[3] - at[1])};
        int wide_ = (int)lround((double)part.width * columns / (columns - 1));
        int high = (int)lround((double)part.height * rows / (rows - 1));
        Grid g = {(const float *)grids->buf + i * rows * columns * 2, rows, columns,
                  (wide_ - part.width) / 2, (high - part.height) / 2, (double)columns / wide_,
                  (double)rows / high};
        through(&part, &source, &g, shown);
    }
    Py_END_ALLOW_THREADS
    return done(&held, 1);
}

/* turn(frame, source, (a, b, c, d, e, f), opacity): pixel (x, y) of the frame shows what lies at
 * (a x + b y + c, d x + e y + f) of the source. */
static PyObject *turn(PyObject *Py_UNUSED(self), PyObject *args) {
    PyObject *frame_, *source_;
    double a, b, c, d, e, f, opacity;
    if (!PyArg_ParseTuple(args, "OO(dddddd)d", &frame_, &source_, &a, &b, &c, &d, &e, &f, &opacity))
        return NULL;
    Held held = {.count = 0};
    Picture frame, source;
    int good =
        picture(&held, frame_, &frame, PyBUF_WRITABLE) && picture(&held, source_, &source, 0);
    if (good) {
        Py_BEGIN_ALLOW_THREADS
        turned(&frame, &source, (const double[]){a, b, c, d, e, f}, bytes(opacity));
        Py_END_ALLOW_THREADS
    }
    return done(&held, good);
}

/* over(frame, source, opacity, adds, bare, left, top): `source` over `frame`, its corner there.
 *
 * `adds`: it shines, and hides nothing. `bare`: None, or a picture of the frame's size: only where
 * the frame still equals it. */
static PyObject *over(PyObject *Py_UNUSED(self), PyObject *args) {
    PyObject *frame_, *source_, *bare_;
    double opacity;
    int adds, left, top;
    if (!PyArg_ParseTuple(args, "OOdpOii", &frame_, &source_, &opacity, &adds, &bare_, &left, &top))
        return NULL;
    Held held = {.count = 0};
    Picture frame, source, bare = {.at = NULL};
    int good = picture(&held, frame_, &frame, PyBUF_WRITABLE) &&
               picture(&held, source_, &source, 0) &&
               (bare_ == Py_None || picture(&held, bare_, &bare, 0));
    if (good && bare.at && (bare.width != frame.width || bare.height != frame.height))
        good = wrong("a frame and what was bare of different sizes");
    if (good) {
        Py_BEGIN_ALLOW_THREADS
        if (clipped(&frame, &source, bare.at ? &bare : NULL, left, top))
            laid(&frame, &source, bare.at ? &bare : NULL, bytes(opacity), adds);
        Py_END_ALLOW_THREADS
    }
    return done(&held, good);
}

/* planes(frame, out): the frame, of even sides (h, w), as I420 in `out` (h * 3 / 2, w). */
static PyObject *planes(PyObject *Py_UNUSED(self), PyObject *args) {
    static const char *const else_ = "not I420 (h * 3 / 2, w) of uint8 for a picture (h, w)";
    PyObject *frame_, *out_;
    if (!PyArg_ParseTuple(args, "OO", &frame_, &out_)) return NULL;
    Held held = {.count = 0};
    Picture frame;
    Py_buffer *out;
    int good = picture(&held, frame_, &frame, 0) &&
               (out = array(&held, out_, 2, 1, PyBUF_WRITABLE, else_)) &&
               ((frame.width % 2 == 0 && frame.height % 2 == 0 && out->shape[1] == frame.width &&
                 out->shape[0] == frame.height * 3 / 2) ||
                wrong(else_));
    if (good) {
        Py_BEGIN_ALLOW_THREADS
        to_planes(&frame, out->buf);
        Py_END_ALLOW_THREADS
    }
    return done(&held, good);
}

/* settle(points, moved, layers, pull, world, rounds): how far points come that end at `points`.
 *
 * `points` and `moved` are (2, n, m): x and y of m points of each of n layers; `layers` (n, 7) and
 * `world` (21,) are `Layer` and `World`, `pull` (n, 2) is slow and quick; all float32. `moved`
 * holds a first guess, and is made better `rounds` times. */
static PyObject *settle(PyObject *Py_UNUSED(self), PyObject *args) {
    static const char *const else_ = "not points, layers, pulls and a pose that fit, of float32";
    PyObject *points_, *moved_, *layers_, *pull_, *world_;
    int rounds;
    if (!PyArg_ParseTuple(args, "OOOOOi", &points_, &moved_, &layers_, &pull_, &world_, &rounds))
        return NULL;
    Held held = {.count = 0};
    const int size = sizeof(float);
    Py_buffer *points, *moved, *layers, *pull, *world;
    int good = (points = array(&held, points_, 3, size, 0, else_)) &&
               (moved = array(&held, moved_, 3, size, PyBUF_WRITABLE, else_)) &&
               (layers = array(&held, layers_, 2, size, 0, else_)) &&
               (pull = array(&held, pull_, 2, size, 0, else_)) &&
               (world = array(&held, world_, 1, size, 0, else_));
    if (!good) return done(&held, 0);
    const Py_ssize_t n = points->shape[1], m = points->shape[2];
    if (points->shape[0] != 2 || moved->shape[0] != 2 || moved->shape[1] != n ||
        moved->shape[2] != m || layers->shape[0] != n ||
        layers->len != n * (Py_ssize_t)sizeof(Layer) || pull->shape[0] != n ||
        pull->shape[1] != 2 || world->len != sizeof(World))
        return done(&held, wrong(else_));
    const float *x = points->buf, *y = x + n * m, *pulls = pull->buf;
    float *dx = moved->buf, *dy = dx + n * m;
    Py_BEGIN_ALLOW_THREADS
    for (Py_ssize_t i = 0; i < n; i++)
        settle_layer(x + i * m, y + i * m, dx + i * m, dy + i * m, m,
                     (const Layer *)layers->buf + i, world->buf, pulls + i * 2, rounds);
    Py_END_ALLOW_THREADS
    return done(&held, 1);
}

/* cut(x, y, table, (width, height), rects): where pieces of outlines lie on the screen.
 *
 * `x`, `y` (n, 4, 20) of float32; `table` (pieces, 5) and `rects` (pieces, 4), which is written,
 * of intp: see `cut_pieces`. */
static PyObject *cut_(PyObject *Py_UNUSED(self), PyObject *args) {
    static const char *const else_ = "not outlines (n, 4, 20) of float32 and pieces of intp";
    PyObject *x_, *y_, *table_, *rects_;
    Py_ssize_t width, height;
    if (!PyArg_ParseTuple(args, "OOO(nn)O", &x_, &y_, &table_, &width, &height, &rects_))
        return NULL;
    Held held = {.count = 0};
    Py_buffer *x, *y, *table, *rects;
    int good = (x = array(&held, x_, 3, sizeof(float), 0, else_)) &&
               (y = array(&held, y_, 3, sizeof(float), 0, else_)) &&
               (table = array(&held, table_, 2, sizeof(Py_ssize_t), 0, else_)) &&
               (rects = array(&held, rects_, 2, sizeof(Py_ssize_t), PyBUF_WRITABLE, else_)) &&
               ((x->shape[1] == 4 && x->shape[2] == SLICES && x->len == y->len &&
                 y->shape[1] == 4 && table->shape[1] == 5 && rects->shape[1] == 4 &&
                 table->shape[0] == rects->shape[0]) ||
                wrong(else_));
    const Py_ssize_t *row = good ? table->buf : NULL;
    for (Py_ssize_t i = 0; good && i < table->shape[0]; i++, row += 5)
        if (row[0] < 0 || row[0] >= x->shape[0] || row[2] < 1 || row[3] < 0 || row[3] > 3 ||
            row[4] < 0 || row[4] > 3)
            good = wrong(else_);
    if (good) cut_pieces(x->buf, y->buf, table->buf, table->shape[0], width, height, rects->buf);
    return done(&held, good);
}

/* aim(rects, (x, y, step), moved, layers, pull, world, rounds, grids): what pieces show.
 *
 * `rects` (n, 4) of intp; `moved` (2, n, 36), `grids` (n, 6, 6, 2), both written, and the rest as
 * in `settle`, of float32: see `aim_pieces`. */
static PyObject *aim(PyObject *Py_UNUSED(self), PyObject *args) {
    static const char *const else_ = "not rectangles, grids and a pose that fit, of float32";
    PyObject *rects_, *moved_, *layers_, *pull_, *world_, *grids_;
    float x, y, step;
    int rounds;
    if (!PyArg_ParseTuple(args, "O(fff)OOOOiO", &rects_, &x, &y, &step, &moved_, &layers_, &pull_,
                          &world_, &rounds, &grids_))
        return NULL;
    Held held = {.count = 0};
    const int size = sizeof(float);
    Py_buffer *rects, *moved, *layers, *pull, *world, *grids;
    int good = (rects = array(&held, rects_, 2, sizeof(Py_ssize_t), 0, else_)) &&
               (moved = array(&held, moved_, 3, size, PyBUF_WRITABLE, else_)) &&
               (layers = array(&held, layers_, 2, size, 0, else_)) &&
               (pull = array(&held, pull_, 2, size, 0, else_)) &&
               (world = array(&held, world_, 1, size, 0, else_)) &&
               (grids = array(&held, grids_, 4, size, PyBUF_WRITABLE, else_));
    if (!good) return done(&held, 0);
    const Py_ssize_t n = rects->shape[0], points = n * GRID * GRID * 2 * size;
    if (rects->shape[1] != 4 || moved->shape[1] != n || moved->len != points ||
        grids->shape[0] != n || grids->len != points ||
        layers->len != n * (Py_ssize_t)sizeof(Layer) || pull->len != n * 2 * size ||
        world->len != sizeof(World))
        return done(&held, wrong(else_));
    const float corner[2] = {x, y};
    float *dx = moved->buf, *dy = dx + n * GRID * GRID;
    Py_BEGIN_ALLOW_THREADS
    aim_pieces(rects->buf, n, corner, step, layers->buf, world->buf, pull->buf, rounds, dx, dy,
               grids->buf);
    Py_END_ALLOW_THREADS
    return done(&held, 1);
}

static PyMethodDef methods[] = {
    {"warp", warp, METH_VARARGS, "Draw a sprite through a grid."},
    {"pieces", pieces, METH_VARARGS, "Draw parts of a sprite, each through a grid."},
    {"turn", turn, METH_VARARGS, "Draw a sprite under an affine map."},
    {"over", over, METH_VARARGS, "Draw a sprite as it is."},
    {"planes", planes, METH_VARARGS, "Turn a picture into I420."},
    {"settle", settle, METH_VARARGS, "Find where points of a drawing came from."},
    {"cut", cut_, METH_VARARGS, "Find where pieces of outlines lie."},
    {"aim", aim, METH_VARARGS, "Find what pieces of drawings show where they lie."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, .m_name = "_blend", .m_size = -1, .m_methods = methods};

PyMODINIT_FUNC PyInit__blend(void) { return PyModule_Create(&module); }
