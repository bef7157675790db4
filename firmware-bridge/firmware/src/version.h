#ifndef MADOGUCHI_VERSION_H
#define MADOGUCHI_VERSION_H

/* The one source of the firmware's version; `./madoguchi firmware build` and the bridge read it too. */
#define FIRMWARE_NAME "madoguchi-io"
#define FIRMWARE_MAJOR 1
#define FIRMWARE_MINOR 0
#define FIRMWARE_PATCH 0

#endif
