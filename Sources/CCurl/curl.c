void ccurl_placeholder(void) {}
