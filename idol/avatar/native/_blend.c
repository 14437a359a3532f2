/* Warping and blending of sprites in one pass: what `compose.Composer` does with five.
 *
 * Pixels are premultiplied BGRA, uint8. A frame or sprite is any C-contiguous-in-rows buffer
 * (h, w, 4). The vectors are the compiler's own, so that it is SSE2 on x86-64 and NEON on ARM.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <math.h>
#include <stdint.h>
#include <string.h>
#ifdef __x86_64__
#include <smmintrin.h>
#endif

typedef uint8_t bytes8 __attribute__((vector_size(8)));
typedef uint16_t shorts8 __attribute__((vector_size(16)));

#define FIX 16                       /* bits behind the point of a place in a sprite */
#define CELLS 512                    /* columns of a grid, at most */

/* Two neighbouring pixels as eight shorts. */
static inline shorts8 wide(const uint8_t *at) {
    bytes8 raw;
    memcpy(&raw, at, 8);
    return __builtin_convertvector(raw, shorts8);
}

/* One pixel as four shorts, and four zeros. */
static inline shorts8 wide1(const uint8_t *at) {
    uint32_t pixel;
    memcpy(&pixel, at, 4);
    uint64_t alone = pixel;
    bytes8 raw;
    memcpy(&raw, &alone, 8);
    return __builtin_convertvector(raw, shorts8);
}

static inline shorts8 both(uint16_t value) {
    return (shorts8){value, value, value, value, value, value, value, value};
}

static inline uint32_t narrow(shorts8 pixel) {
    bytes8 out = __builtin_convertvector(pixel, bytes8);
    uint32_t value;
    memcpy(&value, &out, 4);
    return value;
}

/* x / 255 for 0 <= x <= 255 * 255, rounded. */
static inline shorts8 by255(shorts8 x) {
    x += both(128);
    return (x + (x >> 8)) >> 8;
}

/* source + frame * (1 - alpha), four shorts. */
static inline void put(uint8_t *frame, shorts8 source) {
    uint16_t rest = 255 - source[3];
    uint32_t value;
    if (rest == 0) value = narrow(source);
    else {
        shorts8 sum = source + by255(wide1(frame) * both(rest));
        shorts8 most = (shorts8)(sum > both(255));
        value = narrow((sum & ~most) | (most & both(255)));
    }
    memcpy(frame, &value, 4);
}

typedef struct {
    const uint8_t *at;
    Py_ssize_t stride;
    int32_t width, height;
} Source;

static inline const uint8_t *pixel(const Source *s, int32_t x, int32_t y) {
    static const uint8_t nothing[4];
    if (x < 0 || y < 0 || x >= s->width || y >= s->height) return nothing;
    return s->at + y * s->stride + x * 4;
}

/* One pixel of the frame from the four about (u, v), which may lie over the source's edge. */
static void dot(uint8_t *frame, const Source *s, int64_t u, int64_t v, unsigned opacity) {
    int32_t x = (int32_t)(u >> FIX), y = (int32_t)(v >> FIX);
    uint8_t near[16];
    memcpy(near, pixel(s, x, y), 4);
    memcpy(near + 4, pixel(s, x + 1, y), 4);
    memcpy(near + 8, pixel(s, x, y + 1), 4);
    memcpy(near + 12, pixel(s, x + 1, y + 1), 4);
    uint16_t fx = (u >> (FIX - 8)) & 255, fy = (v >> (FIX - 8)) & 255, gx = 256 - fx;
    shorts8 mixed = (wide(near) * both(256 - fy) + wide(near + 8) * both(fy) + both(128)) >> 8;
    mixed *= (shorts8){gx, gx, gx, gx, fx, fx, fx, fx};
    mixed += __builtin_shuffle(mixed, (shorts8){4, 5, 6, 7, 4, 5, 6, 7});
    mixed = (mixed + both(128)) >> 8;
    if (opacity < 255) mixed = by255(mixed * both(opacity));
    put(frame, mixed);
}

/* `count` pixels whose four all lie inside the source. */
static void inside(uint8_t *frame, int count, const Source *s, int64_t u, int64_t v, int64_t du,
                   int64_t dv, unsigned opacity) {
    for (; count > 0; count--, frame += 4, u += du, v += dv) {
        const uint8_t *top = s->at + (v >> FIX) * s->stride + (u >> FIX) * 4;
        uint64_t a, b;
        memcpy(&a, top, 8);
        memcpy(&b, top + s->stride, 8);
        if (a | b) dot(frame, s, u, v, opacity);
    }
}

#ifdef __x86_64__
/* The same, two pixels at once, with weights of six bits from tables. */
static _Alignas(16) int8_t down[64][16];
static _Alignas(16) int16_t across[64][8];

static void weigh(void) {
    for (int f = 0; f < 64; f++) {
        for (int i = 0; i < 16; i++) down[f][i] = i % 2 ? f : 64 - f;
        for (int i = 0; i < 8; i++) across[f][i] = (i < 4 ? 64 - f : f) * 8;
    }
}

__attribute__((target("sse4.1"))) static void
inside_sse4(uint8_t *frame, int count, const Source *s, int64_t u, int64_t v, int64_t du,
            int64_t dv, unsigned opacity) {
    const __m128i alpha = _mm_setr_epi8(6, 7, 6, 7, 6, 7, 6, 7, 14, 15, 14, 15, 14, 15, 14, 15);
    const __m128i full = _mm_set1_epi16(255), half = _mm_set1_epi16(128);
    const __m128i per255 = _mm_set1_epi16(257), shown = _mm_set1_epi16((short)opacity);
    const Py_ssize_t stride = s->stride;
    for (; count >= 2; count -= 2, frame += 8) {
        int64_t u2 = u + du, v2 = v + dv;
        const uint8_t *one = s->at + (v >> FIX) * stride + (u >> FIX) * 4;
        const uint8_t *two = s->at + (v2 >> FIX) * stride + (u2 >> FIX) * 4;
        __m128i top = _mm_castps_si128(_mm_loadh_pi(
            _mm_castsi128_ps(_mm_loadl_epi64((const __m128i *)one)), (const __m64 *)two));
        __m128i low = _mm_castps_si128(
            _mm_loadh_pi(_mm_castsi128_ps(_mm_loadl_epi64((const __m128i *)(one + stride))),
                         (const __m64 *)(two + stride)));
        __m128i any = _mm_or_si128(top, low);
        if (!_mm_testz_si128(any, any)) {
            int fu = (u >> (FIX - 6)) & 63, fv = (v >> (FIX - 6)) & 63;
            int fu2 = (u2 >> (FIX - 6)) & 63, fv2 = (v2 >> (FIX - 6)) & 63;
            /* each byte of the upper row beside the one below it, weighed, times 64 */
            __m128i a = _mm_maddubs_epi16(_mm_unpacklo_epi8(top, low),
                                          _mm_load_si128((const __m128i *)down[fv]));
            __m128i b = _mm_maddubs_epi16(_mm_unpackhi_epi8(top, low),
                                          _mm_load_si128((const __m128i *)down[fv2]));
            /* the left and the right pixel, weighed, and back to bytes */
            a = _mm_mulhrs_epi16(a, _mm_load_si128((const __m128i *)across[fu]));
            b = _mm_mulhrs_epi16(b, _mm_load_si128((const __m128i *)across[fu2]));
            __m128i mixed = _mm_add_epi16(_mm_unpacklo_epi64(a, b), _mm_unpackhi_epi64(a, b));
            if (opacity < 255)
                mixed = _mm_mulhi_epu16(_mm_add_epi16(_mm_mullo_epi16(mixed, shown), half), per255);
            __m128i rest = _mm_sub_epi16(full, _mm_min_epi16(_mm_shuffle_epi8(mixed, alpha), full));
            __m128i under = _mm_cvtepu8_epi16(_mm_loadl_epi64((const __m128i *)frame));
            under = _mm_mulhi_epu16(_mm_add_epi16(_mm_mullo_epi16(under, rest), half), per255);
            mixed = _mm_add_epi16(mixed, under);
            _mm_storel_epi64((__m128i *)frame, _mm_packus_epi16(mixed, mixed));
        }
        u = u2 + du;
        v = v2 + dv;
    }
    if (count) inside(frame, count, s, u, v, du, dv, opacity);
}
#endif

static void (*row)(uint8_t *, int, const Source *, int64_t, int64_t, int64_t, int64_t,
                   unsigned) = inside;

/* How many steps of `d` from `at` stay in 0 <= place < end; `at` is in there. */
static int64_t steps(int64_t at, int64_t d, int64_t end, int64_t most) {
    if (!d) return most;
    int64_t n = d > 0 ? (end - 1 - at) / d + 1 : at / -d + 1;
    return n < most ? n : most;
}

/* `count` pixels of a row: the source's places go from (u, v) in steps of (du, dv). */
static void run(uint8_t *frame, int count, const Source *s, int64_t u, int64_t v, int64_t du,
                int64_t dv, unsigned opacity) {
    const int64_t one = 1 << FIX, wide_ = (s->width - 1) * one, high = (s->height - 1) * one;
    while (count > 0) {
        int64_t n = 1;
        if (u >= 0 && v >= 0 && u < wide_ && v < high) {
            n = steps(v, dv, high, steps(u, du, wide_, count));
            row(frame, (int)n, s, u, v, du, dv, opacity);
        } else if (u >= -one && v >= -one && u < wide_ + one && v < high + one) {
            dot(frame, s, u, v, opacity);
        }
        count -= (int)n;
        frame += n * 4;
        u += n * du;
        v += n * dv;
    }
}

typedef struct {
    Py_buffer view;
    uint8_t *at;
    Py_ssize_t stride;
    int width, height;
} Picture;

/* A (h, w, 4) uint8 array whose pixels lie together in each row. */
static int picture(PyObject *object, Picture *out, int writable) {
    if (PyObject_GetBuffer(object, &out->view, PyBUF_STRIDES | (writable ? PyBUF_WRITABLE : 0)) < 0)
        return -1;
    Py_buffer *v = &out->view;
    if (v->ndim != 3 || v->itemsize != 1 || v->shape[2] != 4 || v->strides[2] != 1 ||
        v->strides[1] != 4) {
        PyErr_SetString(PyExc_ValueError, "not a BGRA picture (h, w, 4) of uint8");
        PyBuffer_Release(v);
        return -1;
    }
    out->at = v->buf;
    out->stride = v->strides[0];
    out->height = (int)v->shape[0];
    out->width = (int)v->shape[1];
    return 0;
}

static int64_t fixed(double value) {
    return (int64_t)llround(fmin(fmax(value, -1e6), 1e6) * (1 << FIX));
}

/* warp(frame, source, grid, (left, top, per_x, per_y), opacity)
 *
 * All of `frame` shows `source` through `grid` (rows, columns, 2) of float32, places in the
 * source: pixel (x, y) takes what lies at column (x + left + 0.5) * per_x - 0.5 of it. */
static PyObject *warp(PyObject *self, PyObject *args) {
    PyObject *frame_, *source_, *grid_;
    double left, top, per_x, per_y, opacity;
    if (!PyArg_ParseTuple(args, "OOO(dddd)d", &frame_, &source_, &grid_, &left, &top, &per_x,
                          &per_y, &opacity))
        return NULL;
    Picture frame, source;
    Py_buffer grid;
    if (picture(frame_, &frame, 1) < 0) return NULL;
    if (picture(source_, &source, 0) < 0) goto no_source;
    if (PyObject_GetBuffer(grid_, &grid, PyBUF_C_CONTIGUOUS) < 0) goto no_grid;
    if (grid.ndim != 3 || grid.itemsize != 4 || grid.shape[2] != 2 || grid.shape[1] > CELLS ||
        grid.shape[0] < 2 || grid.shape[1] < 2 || !(per_x > 0) || !(per_y > 0)) {
        PyErr_SetString(PyExc_ValueError, "not a grid (rows, columns, 2) of float32");
        PyBuffer_Release(&grid);
        goto no_grid;
    }
    int rows = (int)grid.shape[0], columns = (int)grid.shape[1];
    const float *points = grid.buf;
    Source from = {source.at, source.stride, source.width, source.height};
    unsigned shown = (unsigned)lround(fmin(fmax(opacity, 0), 1) * 255);
    Py_BEGIN_ALLOW_THREADS
    for (int y = 0; y < frame.height; y++) {
        double at = fmin(fmax((y + top + 0.5) * per_y - 0.5, 0), rows - 1);
        int row = (int)at < rows - 1 ? (int)at : rows - 2;
        double k = at - row;
        double line[CELLS][2];
        for (int c = 0; c < columns; c++)
            for (int axis = 0; axis < 2; axis++) {
                double above = points[(row * columns + c) * 2 + axis];
                double below = points[((row + 1) * columns + c) * 2 + axis];
                line[c][axis] = above + (below - above) * k;
            }
        uint8_t *to = frame.at + y * frame.stride;
        int x = 0;
        for (int c = 0; c < columns - 1 && x < frame.width; c++) {
            /* pixels between the columns c and c + 1; the last one goes on to the edge */
            int end = c == columns - 2 ? frame.width
                                       : (int)ceil((c + 1.5) / per_x - 0.5 - left);
            if (end > frame.width) end = frame.width;
            if (end <= x) continue;
            double along = (x + left + 0.5) * per_x - 0.5 - c;
            double du = line[c + 1][0] - line[c][0], dv = line[c + 1][1] - line[c][1];
            run(to + x * 4, end - x, &from, fixed(line[c][0] + du * along),
                fixed(line[c][1] + dv * along), fixed(du * per_x), fixed(dv * per_x), shown);
            x = end;
        }
    }
    Py_END_ALLOW_THREADS
    PyBuffer_Release(&grid);
    PyBuffer_Release(&source.view);
    PyBuffer_Release(&frame.view);
    Py_RETURN_NONE;
no_grid:
    PyBuffer_Release(&source.view);
no_source:
    PyBuffer_Release(&frame.view);
    return NULL;
}

/* turn(frame, source, (a, b, c, d, e, f), opacity): pixel (x, y) of the frame shows what lies at
 * (a x + b y + c, d x + e y + f) of the source. */
static PyObject *turn(PyObject *self, PyObject *args) {
    PyObject *frame_, *source_;
    double a, b, c, d, e, f, opacity;
    if (!PyArg_ParseTuple(args, "OO(dddddd)d", &frame_, &source_, &a, &b, &c, &d, &e, &f, &opacity))
        return NULL;
    Picture frame, source;
    if (picture(frame_, &frame, 1) < 0) return NULL;
    if (picture(source_, &source, 0) < 0) {
        PyBuffer_Release(&frame.view);
        return NULL;
    }
    Source from = {source.at, source.stride, source.width, source.height};
    unsigned shown = (unsigned)lround(fmin(fmax(opacity, 0), 1) * 255);
    Py_BEGIN_ALLOW_THREADS
    for (int y = 0; y < frame.height; y++)
        run(frame.at + y * frame.stride, frame.width, &from, fixed(b * y + c), fixed(e * y + f),
            fixed(a), fixed(d), shown);
    Py_END_ALLOW_THREADS
    PyBuffer_Release(&source.view);
    PyBuffer_Release(&frame.view);
    Py_RETURN_NONE;
}

/* over(frame, source, opacity, adds, bare): `source` over `frame`, of one size.
 *
 * `adds`: it shines, and hides nothing. `bare`: None, or a picture of that size: only where the
 * frame still equals it. */
static PyObject *over(PyObject *self, PyObject *args) {
    PyObject *frame_, *source_, *bare_;
    double opacity;
    int adds;
    if (!PyArg_ParseTuple(args, "OOdpO", &frame_, &source_, &opacity, &adds, &bare_)) return NULL;
    Picture frame, source, bare = {.at = NULL};
    if (picture(frame_, &frame, 1) < 0) return NULL;
    if (picture(source_, &source, 0) < 0) goto no_source;
    if (bare_ != Py_None && picture(bare_, &bare, 0) < 0) goto no_bare;
    if (source.width != frame.width || source.height != frame.height ||
        (bare.at && (bare.width != frame.width || bare.height != frame.height))) {
        PyErr_SetString(PyExc_ValueError, "pictures of different sizes");
        if (bare.at) PyBuffer_Release(&bare.view);
        goto no_bare;
    }
    unsigned shown = (unsigned)lround(fmin(fmax(opacity, 0), 1) * 255);
    Py_BEGIN_ALLOW_THREADS
    for (int y = 0; y < frame.height; y++) {
        uint8_t *to = frame.at + y * frame.stride;
        const uint8_t *from = source.at + y * source.stride;
        const uint8_t *under = bare.at ? bare.at + y * bare.stride : NULL;
        for (int x = 0; x < frame.width; x++, to += 4, from += 4) {
            uint32_t value;
            memcpy(&value, from, 4);
            if (!value || (under && memcmp(to, under + x * 4, 4))) continue;
            shorts8 mixed = wide1(from);
            if (shown < 255) mixed = by255(mixed * both(shown));
            if (adds) {
                for (int i = 0; i < 4; i++) {
                    unsigned sum = to[i] + mixed[i];
                    to[i] = sum > 255 ? 255 : sum;
                }
            } else put(to, mixed);
        }
    }
    Py_END_ALLOW_THREADS
    if (bare.at) PyBuffer_Release(&bare.view);
    PyBuffer_Release(&source.view);
    PyBuffer_Release(&frame.view);
    Py_RETURN_NONE;
no_bare:
    PyBuffer_Release(&source.view);
no_source:
    PyBuffer_Release(&frame.view);
    return NULL;
}

static PyMethodDef methods[] = {
    {"warp", warp, METH_VARARGS, "Draw a sprite through a grid."},
    {"turn", turn, METH_VARARGS, "Draw a sprite under an affine map."},
    {"over", over, METH_VARARGS, "Draw a sprite as it is."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_blend", NULL, -1, methods};

PyMODINIT_FUNC PyInit__blend(void) {
#ifdef __x86_64__
    weigh();
    if (__builtin_cpu_supports("sse4.1")) row = inside_sse4;
#endif
    return PyModule_Create(&module);
}
