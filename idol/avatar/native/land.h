/* Where the pieces of drawings land on the screen, and what each shows there: `outline.Pieces` and
 * `rig.Rig.grids`, one number at a time. */
#pragma once
#include "shape.h"

#define SLICES 20
#define GRID 6
#define MARGIN 0.75f /* slices beyond a piece whose edges count for it */

/* The rectangles, left, top, right, bottom, of `count` pieces. `x`, `y` (outlines, 4, SLICES) are
 * the outlines on the screen; `table` (count, 5) says of each piece its outline, its band and how
 * many there are, and the edges that bound it. */
static void cut_pieces(const float *x, const float *y, const Py_ssize_t *table, Py_ssize_t count,
                       Py_ssize_t width, Py_ssize_t height, Py_ssize_t *out) {
    for (Py_ssize_t i = 0; i < count; i++, table += 5, out += 4) {
        const float *xs = x + table[0] * 4 * SLICES, *ys = y + table[0] * 4 * SLICES;
        float low = ys[0], high = ys[0], left = INFINITY, right = -INFINITY;
        for (int k = 1; k < 4 * SLICES; k++) low = fminf(low, ys[k]), high = fmaxf(high, ys[k]);
        const float margin = (high - low) / (SLICES - 1) * MARGIN + 3;
        const float top = low - margin, tall = high + margin - top;
        const float first = rintf(top + tall * table[1] / table[2]);
        const float last = rintf(top + tall * (table[1] + 1) / table[2]);
        for (int k = 0; k < SLICES; k++) {
            const float a = ys[table[3] * SLICES + k], b = ys[table[4] * SLICES + k];
            if (a >= first - margin && a <= last + margin)
                left = fminf(left, xs[table[3] * SLICES + k]);
            if (b >= first - margin && b <= last + margin)
                right = fmaxf(right, xs[table[4] * SLICES + k]);
        }
        memset(out, 0, 4 * sizeof *out);
        if (!isfinite(left) || !isfinite(right) || !isfinite(first) || !isfinite(last)) continue;
        const float ends[4] = {floorf(left - 3), first, ceilf(right + 3), last};
        for (int k = 0; k < 4; k++) out[k] = (Py_ssize_t)share(ends[k], k & 1 ? height : width);
        if (i && table[3] == 2 && table[-5 + 3] == 0 && table[-5 + 4] == 1) {
            /* both sides of a gap: where they meet after all, each has its half */
            const Py_ssize_t meet = out[-2], middle = (meet + out[0] + 1) / 2;
            if (meet > middle) out[-2] = middle;
            if (out[0] < middle) out[0] = middle;
        }
    }
}

/* What `count` pieces show in their rectangles `land`: points of the drawing (GRID, GRID, 2) each,
 * in the middles of a division of the rectangle stretched by GRID / (GRID - 1). `corner` is the
 * frame's and `step` one pixel, of the drawing. `dx` and `dy` hold a first guess of how far each
 * point has come, and are made better `rounds` times. */
static void aim_pieces(const Py_ssize_t *land, Py_ssize_t count, const float corner[2], float step,
                       const Layer *layers, const World *world, const float *pull, int rounds,
                       float *dx, float *dy, float *out) {
    const float stretch = (float)GRID / (GRID - 1);
    for (Py_ssize_t i = 0; i < count; i++, land += 4, dx += GRID * GRID, dy += GRID * GRID) {
        float place[2][GRID], x[GRID * GRID], y[GRID * GRID];
        for (int k = 0; k < 2; k++) {
            const Py_ssize_t wide_ = land[k + 2] - land[k];
            const float size = (wide_ > 1 ? wide_ : 1) * step, from = corner[k] + land[k] * step;
            for (int c = 0; c < GRID; c++)
                place[k][c] = from + size * (0.5f + ((c + 0.5f) / GRID - 0.5f) * stretch);
        }
        for (int k = 0; k < GRID * GRID; k++) x[k] = place[0][k % GRID], y[k] = place[1][k / GRID];
        settle_layer(x, y, dx, dy, GRID * GRID, layers + i, world, pull + i * 2, rounds);
        for (int k = 0; k < GRID * GRID; k++, out += 2) out[0] = x[k] - dx[k], out[1] = y[k] - dy[k];
    }
}
