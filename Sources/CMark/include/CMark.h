// Debian's libcmark-dev. Its static library goes into the binary, so that nothing has to be installed beside it.
#include <cmark.h>
