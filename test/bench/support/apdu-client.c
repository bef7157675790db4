/*
 * The floor of the card bench: a C client of pcscd that sends a script of APDUs over and over and prints how long each run of
 * the script took in microseconds, one a line. Usage: apdu-client READER SCRIPT COUNT; the script has one APDU a line, in
 * hexadecimal, and is sent once before the first run that counts.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <winscard.h>

#define MOST_APDUS 64
#define MOST_BYTES 262

static BYTE script[MOST_APDUS][MOST_BYTES];
static DWORD lengths[MOST_APDUS];

static double now_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static int read_script(const char *path)
{
	char line[2 * MOST_BYTES + 2];
	int count = 0;
	FILE *file = fopen(path, "r");
	if (!file)
		return -1;
	while (count < MOST_APDUS && fgets(line, sizeof line, file)) {
		unsigned byte;
		for (size_t i = 0; sscanf(line + 2 * i, "%2x", &byte) == 1; i++) {
			script[count][i] = byte;
			lengths[count] = i + 1;
		}
		count++;
	}
	fclose(file);
	return count;
}

int main(int argc, char **argv)
{
	SCARDCONTEXT context;
	SCARDHANDLE card;
	DWORD protocol;
	BYTE answer[258];
	int apdus;
	if (argc != 4 || (apdus = read_script(argv[2])) < 1)
		return 2;
	if (SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context) != SCARD_S_SUCCESS)
		return 3;
	if (SCardConnect(context, argv[1], SCARD_SHARE_EXCLUSIVE, SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, &card,
			 &protocol) != SCARD_S_SUCCESS)
		return 4;
	const SCARD_IO_REQUEST *pci = protocol == SCARD_PROTOCOL_T0 ? SCARD_PCI_T0 : SCARD_PCI_T1;
	for (long run = -1, count = atol(argv[3]); run < count; run++) {
		double from = now_us();
		for (int i = 0; i < apdus; i++) {
			DWORD length = sizeof answer;
			if (SCardTransmit(card, pci, script[i], lengths[i], NULL, answer, &length) != SCARD_S_SUCCESS ||
			    length < 2)
				return 5;
		}
		if (run >= 0)
			printf("%.1f\n", now_us() - from);
	}
	SCardDisconnect(card, SCARD_RESET_CARD);
	SCardReleaseContext(context);
	return 0;
}
