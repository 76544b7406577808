// Debian's zlib1g-dev.
#include <zlib.h>

// The macro deflateInit2, which Swift does not see, for the format of gzip (zlib.h: 16 is added to the window's bits).
static inline int beginGzip(z_stream *stream) {
  return deflateInit2(stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}
