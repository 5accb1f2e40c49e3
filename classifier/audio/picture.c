#include "classifier/audio/picture.h"

#include <png.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define WAVE_HEIGHT   ((size_t)160)
#define MEL_HEIGHT    (2 * MEL_N)
#define CHROMA_HEIGHT (12 * CHROMA_N)
#define GAP           ((size_t)6)
#define HEIGHT        (WAVE_HEIGHT + GAP + MEL_HEIGHT + GAP + CHROMA_HEIGHT)

struct pixel {
    uint8_t red;
    uint8_t green;
    uint8_t blue;
};

static const struct pixel paper = {255, 255, 255}, ink = {40, 70, 120}, line = {200, 205, 215};

/* From dark to bright by way of these, brightness rising evenly so that it reads in grey too. */
static struct pixel shade_of(uint8_t share)
{
    static const struct pixel stops[] = {{8, 6, 24},     {66, 18, 98},   {138, 34, 106},
                                         {206, 68, 72},  {246, 132, 36}, {250, 200, 68},
                                         {252, 252, 200}};
    const size_t steps = sizeof(stops) / sizeof(stops[0]) - 1;
    const size_t at = share * steps / 255, first = at < steps ? at : steps - 1;
    const struct pixel *a = &stops[first], *b = a + 1;
    const int part = (int)(share * steps - first * 255);
    return (struct pixel){(uint8_t)(a->red + (b->red - a->red) * part / 255),
                          (uint8_t)(a->green + (b->green - a->green) * part / 255),
                          (uint8_t)(a->blue + (b->blue - a->blue) * part / 255)};
}

/* Row of the waveform's part that a level stands in. */
static size_t wave_row(int level)
{
    return (size_t)(127 - level) * (WAVE_HEIGHT - 1) / 254;
}

static struct pixel wave_pixel(const struct sketch *s, size_t x, size_t row)
{
    if (row >= wave_row(s->high[x]) && row <= wave_row(s->low[x])) {
        return ink;
    }
    return row == wave_row(0) ? line : paper;
}

static struct pixel pixel_at(const struct sketch *s, size_t x, size_t y)
{
    if (y < WAVE_HEIGHT) {
        return wave_pixel(s, x, y);
    }
    y -= WAVE_HEIGHT;
    if (y >= GAP && y < GAP + MEL_HEIGHT) {
        return shade_of(s->mel[x][(MEL_HEIGHT - 1 - (y - GAP)) * MEL_N / MEL_HEIGHT]);
    }
    if (y >= 2 * GAP + MEL_HEIGHT) {
        const size_t row = y - 2 * GAP - MEL_HEIGHT;
        return shade_of(s->chroma[x][(CHROMA_HEIGHT - 1 - row) * CHROMA_N / CHROMA_HEIGHT]);
    }
    return paper;
}

enum err_code picture_make(const struct sketch *s, struct buf *b, struct err *e)
{
    png_image image = {.version = PNG_IMAGE_VERSION,
                       .width = (png_uint_32)SKETCH_WIDTH,
                       .height = (png_uint_32)HEIGHT,
                       .format = PNG_FORMAT_RGB};
    struct pixel *pixels = mem_array(SKETCH_WIDTH * HEIGHT, sizeof(*pixels));
    png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
    void *out = mem_array(1, size);
    for (size_t y = 0; y < HEIGHT; y++) {
        for (size_t x = 0; x < SKETCH_WIDTH; x++) {
            pixels[y * SKETCH_WIDTH + x] = pixel_at(s, x, y);
        }
    }
    enum err_code code = ERR_OK;
    if (!png_image_write_to_memory(&image, out, &size, 0, pixels, 0, NULL)) {
        code = err_set(e, ERR_BUG, "cannot make the picture: %s", image.message);
    } else if (!buf_add(b, out, size)) {
        code = err_set(e, ERR_BUG, "the picture is too large");
    }
    free(pixels);
    free(out);
    return code;
}
