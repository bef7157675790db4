/*
 * The print engine behind a test's ippeveprinter: its print command (`-c`). It decodes the job with CUPS' own raster
 * library, which shares no line with this project, and counts a side as printed only when all of its pixels were read.
 *
 * argv[1] is the spooled job; ENGINE_FOLDER (environment) is where it works:
 *   job-<id>.txt        what the printer was asked, and the page headers, one "name=value" a line
 *   job-<id>-<n>.pgm    side n as grey pixels
 *   hold                if there: the number of sides after which the engine stands still; read once, then removed
 *   gate                named pipe; while it stands still the engine takes lines from it: "STATE: ..." is told to the
 *                       printer, "go" goes on, "fail" gives up
 */
#include <cups/raster.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Nothing of a test lasts longer; an engine that was forgotten ends by itself. */
#define LIFE_SECONDS 120

static const char *setting(const char *name)
{
  const char *value = getenv(name);
  return value ? value : "";
}

static char *in_folder(const char *name)
{
  static char path[1024];
  snprintf(path, sizeof(path), "%s/%s", setting("ENGINE_FOLDER"), name);
  return path;
}

static int fail(const char *why)
{
  fprintf(stderr, "ERROR: %s\n", why);
  return 1;
}

static int sides_before_hold(void)
{
  int sides = -1;
  FILE *file = fopen(in_folder("hold"), "r");
  if (!file)
    return -1;
  if (fscanf(file, "%d", &sides) != 1)
    sides = -1;
  fclose(file);
  unlink(in_folder("hold"));
  return sides;
}

/* One octet at a time: what follows a "go" belongs to the next job. */
static int wait_at_gate(void)
{
  char line[256];
  size_t used = 0;
  int gate = open(in_folder("gate"), O_RDONLY);
  while (gate >= 0 && used < sizeof(line) - 1 && read(gate, line + used, 1) == 1)
  {
    if (line[used] != '\n')
    {
      used++;
      continue;
    }
    line[used] = '\0';
    used = 0;
    if (!strcmp(line, "go") || !strcmp(line, "fail"))
    {
      close(gate);
      return line[0] == 'g';
    }
    fprintf(stderr, "%s\n", line);
  }
  return 0;
}

static int print_side(cups_raster_t *raster, const cups_page_header2_t *page, int side)
{
  char name[64];
  unsigned y;
  FILE *picture;
  unsigned char *line;
  if (page->cupsColorSpace != CUPS_CSPACE_SW || page->cupsBitsPerPixel != 8 || page->cupsBytesPerLine != page->cupsWidth)
    return fail("not a page of 8-bit grey");
  snprintf(name, sizeof(name), "job-%d-%d.pgm", atoi(setting("IPP_JOB_ID")), side);
  picture = fopen(in_folder(name), "wb");
  line = malloc(page->cupsBytesPerLine);
  if (!picture || !line)
    return fail("no room for the picture");
  fprintf(picture, "P5\n%u %u\n255\n", page->cupsWidth, page->cupsHeight);
  for (y = 0; y < page->cupsHeight; y++)
  {
    if (cupsRasterReadPixels(raster, line, page->cupsBytesPerLine) != page->cupsBytesPerLine)
      return fail("the side breaks off");
    fwrite(line, 1, page->cupsBytesPerLine, picture);
  }
  free(line);
  return fclose(picture) ? fail("the picture cannot be written") : 0;
}

int main(int argc, char *argv[])
{
  static const char *const asked[] = {"IPP_MEDIA", "IPP_SIDES", "IPP_PRINT_SCALING", "IPP_JOB_NAME",
                                      "IPP_JOB_ORIGINATING_USER_NAME", "CONTENT_TYPE"};
  cups_page_header2_t page;
  cups_raster_t *raster;
  char name[64];
  FILE *notes;
  size_t i;
  int side = 0, document, hold = sides_before_hold();

  alarm(LIFE_SECONDS);
  document = argc == 2 ? open(argv[1], O_RDONLY) : -1;
  raster = document < 0 ? NULL : cupsRasterOpen(document, CUPS_RASTER_READ);
  snprintf(name, sizeof(name), "job-%d.txt", atoi(setting("IPP_JOB_ID")));
  notes = fopen(in_folder(name), "w");
  if (!raster || !notes)
    return fail("the job cannot be opened as a raster");
  for (i = 0; i < sizeof(asked) / sizeof(asked[0]); i++)
    fprintf(notes, "%s=%s\n", asked[i], setting(asked[i]));
  fflush(notes);
  for (;;)
  {
    if (side == hold && !wait_at_gate())
      return fail("given up at the gate");
    if (!cupsRasterReadHeader2(raster, &page))
      break;
    side++;
    fprintf(notes, "page%d=%ux%u %ux%udpi %s duplex=%d tumble=%d of=%u\n", side, page.cupsWidth, page.cupsHeight,
            page.HWResolution[0], page.HWResolution[1], page.cupsPageSizeName, page.Duplex, page.Tumble,
            page.cupsInteger[0]);
    if (print_side(raster, &page, side))
      return 1;
    fprintf(stderr, "ATTR: job-impressions-completed=%d\n", side);
  }
  fclose(notes);
  cupsRasterClose(raster);
  return side > 0 ? 0 : fail("no side");
}
