import { bytesToHex, sha256, utf8ToBytes } from '../../shared/bytes.ts'

/** What a report was made of, however many files those were. */
export type FilesDigest = { count: number; sha256: string }

/**
 * How many files there were, and one SHA-256 in hex for all of them: over the SHA-256 of each in lower-case hex, sorted, each with a
 * line feed behind it. Whoever has the files makes it again with
 * `sha256sum FILES | cut -c1-64 | LC_ALL=C sort | sha256sum`; whoever has the report, from its `filesSha256`.
 */
export const filesDigest = (filesSha256: readonly string[]): FilesDigest => ({
	count: filesSha256.length,
	sha256: bytesToHex(
		sha256(
			utf8ToBytes(
				filesSha256
					.toSorted()
					.map((one) => `${one}\n`)
					.join(''),
			),
		),
	),
})

/** The SHA-256 of each of these, in hex and sorted, as a report keeps them. */
export const filesSha256Of = (files: readonly { bytes: Uint8Array }[]): string[] =>
	files.map(({ bytes }) => bytesToHex(sha256(bytes))).sort()
