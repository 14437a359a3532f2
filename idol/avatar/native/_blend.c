/* Warping and blending of sprites in one pass: what `compose.Composer` does with five.
 *
 * Pixels are premultiplied BGRA, uint8. A frame or sprite is any C-contiguous-in-rows buffer
 * (h, w, 4). The vectors are the compiler's own (SSE2 on x86-64, NEON on ARM); where the processor
 * has AVX2, four pixels are drawn at once.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <math.h>
#include <stdint.h>
#include <string.h>
#ifdef __x86_64__
#include <immintrin.h>
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

/* One pixel of the frame from two rows of two, at the place between them that (u, v) says. */
static inline void mix(uint8_t *frame, const uint8_t *top, const uint8_t *low, int64_t u,
                       int64_t v, unsigned opacity) {
    uint16_t fx = (u >> (FIX - 8)) & 255, fy = (v >> (FIX - 8)) & 255, gx = 256 - fx;
    shorts8 mixed = (wide(top) * both(256 - fy) + wide(low) * both(fy) + both(128)) >> 8;
    mixed *= (shorts8){gx, gx, gx, gx, fx, fx, fx, fx};
    mixed += __builtin_shuffle(mixed, (shorts8){4, 5, 6, 7, 4, 5, 6, 7});
    mixed = (mixed + both(128)) >> 8;
    if (opacity < 255) mixed = by255(mixed * both(opacity));
    put(frame, mixed);
}

/* One pixel of the frame from the four about (u, v), which may lie over the source's edge. */
static void dot(uint8_t *frame, const Source *s, int64_t u, int64_t v, unsigned opacity) {
    int32_t x = (int32_t)(u >> FIX), y = (int32_t)(v >> FIX);
    uint8_t near[16];
    memcpy(near, pixel(s, x, y), 4);
    memcpy(near + 4, pixel(s, x + 1, y), 4);
    memcpy(near + 8, pixel(s, x, y + 1), 4);
    memcpy(near + 12, pixel(s, x + 1, y + 1), 4);
    mix(frame, near, near + 8, u, v, opacity);
}

/* `count` pixels whose four all lie inside the source. */
static void inside(uint8_t *frame, int count, const Source *s, int64_t u, int64_t v, int64_t du,
                   int64_t dv, unsigned opacity) {
    for (; count > 0; count--, frame += 4, u += du, v += dv) {
        const uint8_t *top = s->at + (v >> FIX) * s->stride + (u >> FIX) * 4;
        uint64_t a, b;
        memcpy(&a, top, 8);
        memcpy(&b, top + s->stride, 8);
        if (a | b) mix(frame, top, top + s->stride, u, v, opacity);
    }
}

#ifdef __x86_64__
/* The same, four pixels at once, with weights of six bits. What hides all does not read the frame.
 * `s` is small enough for places of 32 bits (`fastest`). */
__attribute__((target("avx2"))) static void
inside_avx2(uint8_t *frame, int count, const Source *s, int64_t u, int64_t v, int64_t du,
            int64_t dv, unsigned opacity) {
    const __m256i alpha = _mm256_setr_epi8(
        6, 7, 6, 7, 6, 7, 6, 7, 14, 15, 14, 15, 14, 15, 14, 15,
        6, 7, 6, 7, 6, 7, 6, 7, 14, 15, 14, 15, 14, 15, 14, 15);
    /* which pixel's weight goes to which byte: the first two in the lanes of either column */
    const __m256i pair = _mm256_setr_epi64x(0x0100010001000100, 0x0504050405040504,
                                            0x0100010001000100, 0x0504050405040504);
    const __m256i others = _mm256_add_epi8(pair, _mm256_set1_epi8(8));
    const __m256i full = _mm256_set1_epi16(255), half = _mm256_set1_epi16(128);
    const __m256i per255 = _mm256_set1_epi16(257), shown = _mm256_set1_epi16((short)opacity);
    const __m128i sixty3 = _mm_set1_epi32(63), sixty4 = _mm_set1_epi32(64);
    const __m128i order = _mm_setr_epi32(0, 1, 2, 3);
    const Py_ssize_t stride = s->stride;
    __m128i us = _mm_add_epi32(_mm_set1_epi32((int)u),
                               _mm_mullo_epi32(_mm_set1_epi32((int)du), order));
    __m128i vs = _mm_add_epi32(_mm_set1_epi32((int)v),
                               _mm_mullo_epi32(_mm_set1_epi32((int)dv), order));
    const __m128i du4 = _mm_set1_epi32((int)((uint32_t)du * 4));
    const __m128i dv4 = _mm_set1_epi32((int)((uint32_t)dv * 4));
    for (; count > 0; count -= 4, frame += 16, u += 4 * du, v += 4 * dv) {
        __m256i top, low; /* left of each place in one lane, right of it in the other */
        const int64_t x = u >> FIX, y = v >> FIX;
        const int last = count < 4 ? count - 1 : 3;
        uint32_t spare[4] = {0};
        uint8_t *to = frame;
        if (last < 3) { /* the end of the row: four all the same, but not in the frame */
            to = (uint8_t *)spare;
            for (int i = 0; i <= last; i++) memcpy(spare + i, frame + i * 4, 4);
        }
        const uint8_t *at = s->at + y * stride + x * 4;
#define LANES(p, q) \
    _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)(p))), \
                            _mm_loadu_si128((const __m128i *)(q)), 1)
        if (last == 3 && (u + 3 * du) >> FIX == x + 3 && (v + 3 * dv) >> FIX == y) {
            /* neighbours in one row */
            top = LANES(at, at + 4);
            low = LANES(at + stride, at + stride + 4);
#undef LANES
        } else {
            const int second_ = last > 1 ? 2 : last, first_ = last > 0;
#define AT(i) s->at + ((v + (i) * dv) >> FIX) * stride + ((u + (i) * du) >> FIX) * 4
            const uint8_t *one = AT(first_), *two = AT(second_), *three = AT(last);
#undef AT
#define PAIR(p, q) _mm_castps_si128(_mm_loadh_pi( \
        _mm_castsi128_ps(_mm_loadl_epi64((const __m128i *)(p))), (const __m64 *)(q)))
            __m256i first = _mm256_inserti128_si256(_mm256_castsi128_si256(PAIR(at, one)),
                                                    PAIR(two, three), 1);
            __m256i second = _mm256_inserti128_si256(
                _mm256_castsi128_si256(PAIR(at + stride, one + stride)),
                PAIR(two + stride, three + stride), 1);
#undef PAIR
            const __m256i sides = _mm256_setr_epi32(0, 2, 4, 6, 1, 3, 5, 7);
            top = _mm256_permutevar8x32_epi32(first, sides);
            low = _mm256_permutevar8x32_epi32(second, sides);
        }
        __m256i any = _mm256_or_si256(top, low);
        if (!_mm256_testz_si256(any, any)) {
            __m128i fu = _mm_and_si128(_mm_srli_epi32(us, FIX - 6), sixty3);
            __m128i fv = _mm_and_si128(_mm_srli_epi32(vs, FIX - 6), sixty3);
            __m256i wv = _mm256_broadcastsi128_si256(
                _mm_or_si128(_mm_sub_epi32(sixty4, fv), _mm_slli_epi32(fv, 8)));
            __m256i wu = _mm256_slli_epi16(
                _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_sub_epi32(sixty4, fu)), fu, 1),
                3);
            /* each byte of the upper row beside the one below it, weighed, times 64 */
            __m256i a = _mm256_maddubs_epi16(_mm256_unpacklo_epi8(top, low),
                                             _mm256_shuffle_epi8(wv, pair));
            __m256i b = _mm256_maddubs_epi16(_mm256_unpackhi_epi8(top, low),
                                             _mm256_shuffle_epi8(wv, others));
            /* the left and the right pixel, weighed, and back to bytes */
            a = _mm256_mulhrs_epi16(a, _mm256_shuffle_epi8(wu, pair));
            b = _mm256_mulhrs_epi16(b, _mm256_shuffle_epi8(wu, others));
            __m256i mixed = _mm256_add_epi16(_mm256_permute2x128_si256(a, b, 0x20),
                                             _mm256_permute2x128_si256(a, b, 0x31));
            if (opacity < 255)
                mixed = _mm256_mulhi_epu16(
                    _mm256_add_epi16(_mm256_mullo_epi16(mixed, shown), half), per255);
            __m256i rest = _mm256_subs_epu16(full, _mm256_shuffle_epi8(mixed, alpha));
            if (!_mm256_testz_si256(rest, rest)) {
                __m256i under = _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)to));
                under = _mm256_mulhi_epu16(
                    _mm256_add_epi16(_mm256_mullo_epi16(under, rest), half), per255);
                mixed = _mm256_add_epi16(mixed, under);
            }
            mixed = _mm256_permute4x64_epi64(_mm256_packus_epi16(mixed, mixed), 8);
            _mm_storeu_si128((__m128i *)to, _mm256_castsi256_si128(mixed));
        }
        if (last < 3)
            for (int i = 0; i <= last; i++) memcpy(frame + i * 4, spare + i, 4);
        us = _mm_add_epi32(us, du4);
        vs = _mm_add_epi32(vs, dv4);
    }
}
#endif

typedef void (*Row)(uint8_t *, int, const Source *, int64_t, int64_t, int64_t, int64_t, unsigned);

/* The fastest way through this source on this machine. */
static Row fastest(const Source *s) {
#ifdef __x86_64__
    int small = s->width < 1 << 15 && s->height < 1 << 15;
    if (small && __builtin_cpu_supports("avx2")) return inside_avx2;
#endif
    return (void)s, inside;
}

/* How many steps of `d` from `at` stay in 0 <= place < end; `at` is in there. */
static int64_t steps(int64_t at, int64_t d, int64_t end, int64_t most) {
    if (!d) return most;
    int64_t n = d > 0 ? (end - 1 - at) / d + 1 : at / -d + 1;
    return n < most ? n : most;
}

/* `count` pixels of a row: the source's places go from (u, v) in steps of (du, dv). */
static void run(uint8_t *frame, int count, const Source *s, int64_t u, int64_t v, int64_t du,
                int64_t dv, unsigned opacity, Row row) {
    const int64_t one = 1 << FIX, wide_ = (s->width - 1) * one, high = (s->height - 1) * one;
    while (count > 0) {
        int64_t n = 1;
        if (u >= 0 && v >= 0 && u < wide_ && v < high) {
            const int64_t far_u = u + (count - 1) * du, far_v = v + (count - 1) * dv;
            n = count;
            if (far_u < 0 || far_v < 0 || far_u >= wide_ || far_v >= high)
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

/* A place with FIX bits behind the point; what is far away or no number is far outside. */
static inline int64_t fixed(double value) {
    if (!(value > -1e6)) value = -1e6;
    if (value > 1e6) value = 1e6;
    return (int64_t)((value + 2e6) * (1 << FIX) + 0.5) - (int64_t)(2e6 * (1 << FIX));
}

/* A grid of places in a source: `points` (rows, columns, 2). */
typedef struct {
    const float *points;
    int rows, columns;
    /* pixel (x, y) takes what lies at column (x + left + 0.5) * per_x - 0.5 of the grid */
    double left, top, per_x, per_y;
} Grid;

/* All of `frame` shows `from` through the grid. */
static void through(const Picture *frame, const Source *from, const Grid *g, unsigned shown) {
    const int rows = g->rows, columns = g->columns;
    const Row way = fastest(from);
    const double spare_x = g->left + 0.5;
    /* where the pixels between two columns end; the last ones go on to the edge */
    int ends[CELLS];
    for (int c = 0; c < columns - 1; c++) {
        double next = ceil((c + 1.5) / g->per_x - spare_x);
        ends[c] = c == columns - 2 || !(next < frame->width) ? frame->width : (int)fmax(next, 0);
    }
    for (int y = 0; y < frame->height; y++) {
        double at = fmin(fmax((y + g->top + 0.5) * g->per_y - 0.5, 0), rows - 1);
        int row = (int)at < rows - 1 ? (int)at : rows - 2;
        const double k = at - row;
        const float *above = g->points + row * columns * 2, *below = above + columns * 2;
        double u = above[0] + (below[0] - above[0]) * k, v = above[1] + (below[1] - above[1]) * k;
        uint8_t *to = frame->at + y * frame->stride;
        for (int c = 0, x = 0; c < columns - 1 && x < frame->width; c++) {
            above += 2, below += 2;
            double du = above[0] + (below[0] - above[0]) * k - u;
            double dv = above[1] + (below[1] - above[1]) * k - v;
            if (ends[c] > x) {
                double along = (x + spare_x) * g->per_x - 0.5 - c;
                run(to + x * 4, ends[c] - x, from, fixed(u + du * along), fixed(v + dv * along),
                    fixed(du * g->per_x), fixed(dv * g->per_x), shown, way);
                x = ends[c];
            }
            u += du, v += dv;
        }
    }
}

static unsigned bytes(double opacity) {
    return (unsigned)lround(fmin(fmax(opacity, 0), 1) * 255);
}

static int small_grid(const Py_buffer *v, int ndim) {
    const Py_ssize_t *shape = v->shape + ndim - 3;
    return v->ndim == ndim && v->itemsize == 4 && shape[2] == 2 && shape[0] >= 2 &&
           shape[0] <= CELLS && shape[1] >= 2 && shape[1] <= CELLS;
}

/* warp(frame, source, grid, (left, top, per_x, per_y), opacity)
 *
 * All of `frame` shows `source` through `grid` (rows, columns, 2) of float32, places in the
 * source: pixel (x, y) takes what lies at column (x + left + 0.5) * per_x - 0.5 of it. */
static PyObject *warp(PyObject *Py_UNUSED(self), PyObject *args) {
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
    if (!small_grid(&grid, 3) || !(per_x > 0) || !(per_y > 0)) {
        PyErr_SetString(PyExc_ValueError, "not a grid (rows, columns, 2) of float32");
        PyBuffer_Release(&grid);
        goto no_grid;
    }
    Source from = {source.at, source.stride, source.width, source.height};
    Grid g = {grid.buf, (int)grid.shape[0], (int)grid.shape[1], left, top, per_x, per_y};
    Py_BEGIN_ALLOW_THREADS
    through(&frame, &from, &g, bytes(opacity));
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

/* pieces(frame, source, rects, grids, opacity): several parts of one source.
 *
 * Rectangle i of `rects` (n, 4), left, top, right, bottom in pixels of the frame, of intp, shows
 * `source` through grid i of `grids` (n, rows, columns, 2), whose points lie in the middles of a
 * division of the rectangle stretched by columns / (columns - 1). */
static PyObject *pieces(PyObject *Py_UNUSED(self), PyObject *args) {
    PyObject *frame_, *source_, *rects_, *grids_;
    double opacity;
    if (!PyArg_ParseTuple(args, "OOOOd", &frame_, &source_, &rects_, &grids_, &opacity))
        return NULL;
    Picture frame, source;
    Py_buffer rects, grids;
    int done = 0;
    if (picture(frame_, &frame, 1) < 0) return NULL;
    if (picture(source_, &source, 0) < 0) goto no_source;
    if (PyObject_GetBuffer(rects_, &rects, PyBUF_C_CONTIGUOUS) < 0) goto no_rects;
    if (PyObject_GetBuffer(grids_, &grids, PyBUF_C_CONTIGUOUS) < 0) goto no_grids;
    if (rects.ndim != 2 || rects.shape[1] != 4 || rects.itemsize != sizeof(Py_ssize_t) ||
        !small_grid(&grids, 4) || grids.shape[0] != rects.shape[0]) {
        PyErr_SetString(PyExc_ValueError, "not grids (n, rows, columns, 2) for rectangles (n, 4)");
        goto wrong;
    }
    done = 1;
    Source from = {source.at, source.stride, source.width, source.height};
    const int rows = (int)grids.shape[1], columns = (int)grids.shape[2];
    const unsigned shown = bytes(opacity);
    Py_BEGIN_ALLOW_THREADS
    for (Py_ssize_t i = 0; i < rects.shape[0]; i++) {
        const Py_ssize_t *at = (const Py_ssize_t *)rects.buf + i * 4;
        if (at[0] < 0 || at[1] < 0 || at[2] > frame.width || at[3] > frame.height ||
            at[0] >= at[2] || at[1] >= at[3] || at[2] - at[0] < 2 || at[3] - at[1] < 2)
            continue;
        Picture part = {.at = frame.at + at[1] * frame.stride + at[0] * 4,
                        .stride = frame.stride,
                        .width = (int)(at[2] - at[0]),
                        .height = (int)(at[3] - at[1])};
        int wide_ = (int)lround((double)part.width * columns / (columns - 1));
        int high = (int)lround((double)part.height * rows / (rows - 1));
        Grid g = {(const float *)grids.buf + i * rows * columns * 2, rows, columns,
                  (wide_ - part.width) / 2, (high - part.height) / 2, (double)columns / wide_,
                  (double)rows / high};
        through(&part, &from, &g, shown);
    }
    Py_END_ALLOW_THREADS
wrong:
    PyBuffer_Release(&grids);
no_grids:
    PyBuffer_Release(&rects);
no_rects:
    PyBuffer_Release(&source.view);
no_source:
    PyBuffer_Release(&frame.view);
    if (!done) return NULL;
    Py_RETURN_NONE;
}

/* Keep of the steps first..last those in which from + step * d lies in low <= place < high. */
static void within(int64_t from, int64_t d, int64_t low, int64_t high, int *first, int *last) {
    if (d == 0) {
        if (from < low || from >= high) *last = *first;
        return;
    }
    /* the first step at or beyond one bound, and the first beyond the other */
    int64_t enter = d > 0 ? low - from : from - (high - 1);
    int64_t leave = d > 0 ? high - from : from - (low - 1);
    if (d < 0) d = -d;
    enter = enter > 0 ? (enter + d - 1) / d : 0;
    leave = leave > 0 ? (leave + d - 1) / d : 0;
    if (enter > *first) *first = enter < *last ? (int)enter : *last;
    if (leave < *last) *last = leave > *first ? (int)leave : *first;
}

/* turn(frame, source, (a, b, c, d, e, f), opacity): pixel (x, y) of the frame shows what lies at
 * (a x + b y + c, d x + e y + f) of the source. */
static PyObject *turn(PyObject *Py_UNUSED(self), PyObject *args) {
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
    const unsigned shown = bytes(opacity);
    const Row way = fastest(&from);
    const int64_t one = 1 << FIX;
    /* the rows that its corners reach */
    double low = frame.height, high = -1, size = a * e - b * d;
    for (int corner = 0; corner < 4; corner++) {
        double u = corner & 1 ? from.width + 1 : -2, v = corner & 2 ? from.height + 1 : -2;
        double y = (a * (v - f) - d * (u - c)) / size;
        if (!isfinite(y)) low = 0, high = frame.height;
        low = fmin(low, y), high = fmax(high, y);
    }
    const int end = (int)fmin(fmax(high + 2, 0), frame.height);
    Py_BEGIN_ALLOW_THREADS
    for (int y = (int)fmin(fmax(low - 1, 0), frame.height); y < end; y++) {
        int64_t u = fixed(b * y + c), v = fixed(e * y + f), du = fixed(a), dv = fixed(d);
        int first = 0, last = frame.width;
        within(u, du, -one, from.width * one, &first, &last);
        within(v, dv, -one, from.height * one, &first, &last);
        run(frame.at + y * frame.stride + first * 4, last - first, &from, u + first * du,
            v + first * dv, du, dv, shown, way);
    }
    Py_END_ALLOW_THREADS
    PyBuffer_Release(&source.view);
    PyBuffer_Release(&frame.view);
    Py_RETURN_NONE;
}

/* `count` pixels of a row of `over`. */
static void lay(uint8_t *to, const uint8_t *from, const uint8_t *under, int count, unsigned shown,
                int adds) {
    for (int x = 0; x < count; x++, to += 4, from += 4) {
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

#ifdef __x86_64__
/* The same, four pixels at once. */
__attribute__((target("avx2"))) static void lay_avx2(uint8_t *to, const uint8_t *from,
                                                     const uint8_t *under, int count,
                                                     unsigned shown, int adds) {
    const __m256i alpha = _mm256_setr_epi8(
        6, 7, 6, 7, 6, 7, 6, 7, 14, 15, 14, 15, 14, 15, 14, 15,
        6, 7, 6, 7, 6, 7, 6, 7, 14, 15, 14, 15, 14, 15, 14, 15);
    const __m256i full = _mm256_set1_epi16(255), half = _mm256_set1_epi16(128);
    const __m256i per255 = _mm256_set1_epi16(257), part = _mm256_set1_epi16((short)shown);
    int x = 0;
    for (; x + 4 <= count; x += 4, to += 16, from += 16) {
        __m128i source = _mm_loadu_si128((const __m128i *)from);
        if (_mm_testz_si128(source, source)) continue;
        __m128i frame = _mm_loadu_si128((const __m128i *)to), sum;
        if (shown == 255 && adds) sum = _mm_adds_epu8(frame, source);
        else {
            __m256i mixed = _mm256_cvtepu8_epi16(source), below = _mm256_cvtepu8_epi16(frame);
            if (shown < 255)
                mixed = _mm256_mulhi_epu16(
                    _mm256_add_epi16(_mm256_mullo_epi16(mixed, part), half), per255);
            if (!adds) {
                __m256i rest = _mm256_sub_epi16(full, _mm256_shuffle_epi8(mixed, alpha));
                below = _mm256_mulhi_epu16(
                    _mm256_add_epi16(_mm256_mullo_epi16(below, rest), half), per255);
            }
            mixed = _mm256_add_epi16(mixed, below);
            sum = _mm256_castsi256_si128(
                _mm256_permute4x64_epi64(_mm256_packus_epi16(mixed, mixed), 8));
        }
        if (under) {
            __m128i bare = _mm_loadu_si128((const __m128i *)(under + x * 4));
            sum = _mm_blendv_epi8(frame, sum, _mm_cmpeq_epi32(frame, bare));
        }
        _mm_storeu_si128((__m128i *)to, sum);
    }
    lay(to, from, under ? under + x * 4 : NULL, count - x, shown, adds);
}
#endif

/* over(frame, source, opacity, adds, bare): `source` over `frame`, of one size.
 *
 * `adds`: it shines, and hides nothing. `bare`: None, or a picture of that size: only where the
 * frame still equals it. */
static PyObject *over(PyObject *Py_UNUSED(self), PyObject *args) {
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
    const unsigned shown = bytes(opacity);
    void (*way)(uint8_t *, const uint8_t *, const uint8_t *, int, unsigned, int) = lay;
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2")) way = lay_avx2;
#endif
    Py_BEGIN_ALLOW_THREADS
    for (int y = 0; y < frame.height; y++)
        way(frame.at + y * frame.stride, source.at + y * source.stride,
            bare.at ? bare.at + y * bare.stride : NULL, frame.width, shown, adds);
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
    {"pieces", pieces, METH_VARARGS, "Draw parts of a sprite, each through a grid."},
    {"turn", turn, METH_VARARGS, "Draw a sprite under an affine map."},
    {"over", over, METH_VARARGS, "Draw a sprite as it is."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, .m_name = "_blend", .m_size = -1, .m_methods = methods};

PyMODINIT_FUNC PyInit__blend(void) { return PyModule_Create(&module); }
