/* Sprites drawn through grids of places: each row of the frame is cut into a few straight runs. */
#pragma once
#include "sample.h"

/* A grid of places in a source: `points` (rows, columns, 2). */
typedef struct {
    const float *points;
    int rows, columns;
    /* pixel (x, y) takes what lies at column (x + left + 0.5) * per_x - 0.5 of the grid */
    double left, top, per_x, per_y;
} Grid;

#define CELLS 512       /* columns of a grid, at most */
#define FLAT (1.0 / 16) /* pixels of the source by which a row may be straighter than its grid */
#define EVEN (1.0 / 32) /* change of slope that is not seen four pixels early or late */
#define FURTHEST 8      /* columns that one run spans at most */
#define ABOVE (1ll << 40)

/* In each row between two lines of a grid, the pixels from x to `end`. `from` are the place of the
 * first and the steps to the next, u, v, du and dv, in the row at the upper line; `more` is what
 * the row at the lower line has besides. With FIX bits, and so far above nothing that cutting off
 * is rounding. */
typedef struct {
    int x, end;
    double from[4], more[4];
} Run;

/* Whether the points of a line from column `c` to `e` are straight and evenly apart. */
static int straight(const float *line, int c, int e) {
    for (int i = 0; i < 2; i++) {
        const double first = line[2 * c + i], step = (line[2 * e + i] - first) / (e - c);
        for (int k = 1; k < e - c; k++)
            if (!(fabs(line[2 * (c + k) + i] - first - k * step) < FLAT)) return 0;
    }
    return 1;
}

/* How much the slope of a line changes at column `e`, where it came straight from `c`. */
static double turns(const float *line, int c, int e) {
    double sum = 0;
    for (int i = 0; i < 2; i++) {
        const double here = line[2 * e + i];
        sum += fabs((line[2 * e + 2 + i] - here) - (here - line[2 * c + i]) / (e - c));
    }
    return sum;
}

/* Cut the rows of `width` pixels between two lines of a grid into runs; how many there are. */
static int cut(const Grid *g, const float *above, const float *below, int width, Run *runs) {
    const double spare = g->left + 0.5;
    const int last = g->columns - 1;
    int count = 0;
    for (int c = 0, x = 0, e; c < last && x < width; c = e) {
        for (e = last < c + FURTHEST ? last : c + FURTHEST; e > c + 1; e--)
            if (straight(above, c, e) && straight(below, c, e)) break;
        const double next = ceil((e + 0.5) / g->per_x - spare);
        int end = e == last || !(next < width) ? width : (int)fmax(next, 0);
        if (end < width && ((end - x) & 7)) {
            /* whole groups of eight, where nobody sees that the next run has some less */
            const int whole_ = x + ((end - x + 4) & ~7);
            if (fmax(turns(above, c, e), turns(below, c, e)) * g->per_x < EVEN && whole_ < width)
                end = whole_;
        }
        if (end <= x) continue;
        Run *run = runs + count++;
        run->x = x, run->end = end;
        const double along = (x + spare) * g->per_x - 0.5 - c;
        for (int i = 0; i < 2; i++) {
            double steps[2], places[2];
            for (int l = 0; l < 2; l++) {
                const float *line = l ? below : above;
                steps[l] = ((double)line[2 * e + i] - line[2 * c + i]) / (e - c);
                places[l] = line[2 * c + i] + steps[l] * along;
                if (!(fabs(places[l]) < 1e6 && fabs(steps[l]) < 1e6)) /* no place in a sprite */
                    steps[l] = 0, places[l] = -1e6;
                steps[l] *= g->per_x;
            }
            run->from[i] = places[0] * (1 << FIX) + 0.5 + ABOVE;
            run->more[i] = (places[1] - places[0]) * (1 << FIX);
            run->from[i + 2] = steps[0] * (1 << FIX) + 0.5 + ABOVE;
            run->more[i + 2] = (steps[1] - steps[0]) * (1 << FIX);
        }
        x = end;
    }
    return count;
}

/* All of `frame` shows `from` through the grid. */
static void through(const Picture *frame, const Picture *from, const Grid *g, unsigned shown) {
    const Row way = fastest(from);
    Run runs[CELLS];
    int count = 0, at = -1;
    for (int y = 0; y < frame->height; y++) {
        const double line = fmin(fmax((y + g->top + 0.5) * g->per_y - 0.5, 0), g->rows - 1);
        const int row = (int)line < g->rows - 1 ? (int)line : g->rows - 2;
        if (row != at) {
            const float *above = g->points + row * g->columns * 2;
            count = cut(g, above, above + g->columns * 2, frame->width, runs);
            at = row;
        }
        const double part = line - row;
        uint8_t *to = frame->at + y * frame->stride;
        for (const Run *r = runs; r < runs + count; r++) {
            int64_t p[4];
            for (int i = 0; i < 4; i++) p[i] = (int64_t)(r->from[i] + r->more[i] * part) - ABOVE;
            run(to + r->x * 4, r->end - r->x, from, p[0], p[1], p[2], p[3], shown, way,
                2 * frame->stride);
        }
    }
}
