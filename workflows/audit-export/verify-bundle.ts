import { BundleReading } from './bundle-reading.ts'
import { Findings } from './findings.ts'
import type { Platform } from './platform.ts'
import type { BundleReport } from './report.ts'
import { BadZip, readZip } from './zip/read.ts'

export type VerifyOptions = {
	/** The log's verifier key, known from elsewhere. Without it the file shows only that it agrees with the key it names. */
	vkey?: string
	/** An earlier checkpoint of this log that the auditor kept. */
	since?: string
	/** Whose cosignatures count (C2SP tlog-policy), in the place of what the file says. */
	policy?: string
	/** Told after each file how many bytes of the bundle have been read. */
	onProgress?: (bytes: number) => void
}

/**
 * Checks a bundle offline, reading it once and holding little of it: the form of the zip file to the last byte, every leaf
 * and opening, the tree and its tiles, inclusion of what was chosen, the checkpoint with the chain of keys and an older
 * checkpoint, that nothing asked for is left out, and the story that the entries tell (`createStory`), eligibility judged
 * anew and accesses laid against charter and facts included. What could not be checked is listed, never called verified.
 */
export async function verifyBundle(
	chunks: AsyncIterable<Uint8Array>,
	platform: Platform,
	options: VerifyOptions = {},
): Promise<BundleReport> {
	const findings = new Findings()
	const reading = new BundleReading(platform, findings, options)
	let read = 0
	try {
		for await (const { path, bytes } of readZip(chunks, platform)) {
			if (findings.isFull) break
			reading.file(path, bytes)
			read += bytes.length
			options.onProgress?.(read)
			// What is checked elsewhere must not pile up.
			if (findings.pending > MAX_PENDING) await findings.settle()
		}
		reading.finish()
	} catch (error) {
		if (!(error instanceof BadZip)) throw error
		findings.refuse(error.where, error.problem, error.message)
	}
	await findings.settle()
	return reading.report()
}

const MAX_PENDING = 2048
