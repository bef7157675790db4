/*
 * Preloaded into pcscd so that vpcd (the reader driver of Debian's vsmartcard-vpcd) can be tested with.
 *
 * - vpcd writes the length and the message of each APDU in two sends. Nagle's algorithm holds the second back until the
 *   card's delayed acknowledgement: 44 to 88 ms an APDU. TCP_NODELAY on the accepted connection cures it.
 * - vpcd listens on every address of the machine, and whoever connects is a card. Here it listens on 127.0.0.1 only.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

int accept(int listening, struct sockaddr *address, socklen_t *length)
{
	int (*next)(int, struct sockaddr *, socklen_t *) = dlsym(RTLD_NEXT, "accept");
	int accepted = next(listening, address, length);
	if (accepted >= 0) {
		int on = 1, before = errno;
		/* Fails on pcscd's own unix socket, which needs no cure. */
		setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
		errno = before;
	}
	return accepted;
}

int bind(int bound, const struct sockaddr *address, socklen_t length)
{
	int (*next)(int, const struct sockaddr *, socklen_t) = dlsym(RTLD_NEXT, "bind");
	struct sockaddr_in loopback;
	if (address->sa_family != AF_INET || length != sizeof loopback)
		return next(bound, address, length);
	memcpy(&loopback, address, sizeof loopback);
	loopback.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return next(bound, (const struct sockaddr *)&loopback, length);
}
