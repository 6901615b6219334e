import { bytesToHex } from '../shared/bytes.ts'
import { strictUtf8 } from './strict-utf8.ts'
import { charterPath, PATHS, sumLine } from './bundle-layout.ts'
import type { Findings } from './findings.ts'
import { LogReading } from './log-reading.ts'
import { readManifest, type Manifest } from './manifest.ts'
import type { Platform } from './platform.ts'
import type { BundleReport } from './report.ts'
import { createKeyChain, readHead, readPolicy, readWitnesses, type NotedHead } from './trust.ts'
import type { Policy } from '../ledger/tlog-policy.ts'
import { problem, unchecked } from './problem.ts'
import type { VerifyOptions } from './verify-bundle.ts'

/** What comes next in a bundle: each file has its place, and none can be missing, moved or put between. */
type Step =
	'manifest' | 'checkpoint' | 'policy' | 'log' | 'charters' | 'summary' | 'verifier' | 'sums' | 'end'

/** The state of one pass over the files of a bundle. */
export class BundleReading {
	readonly #platform: Platform
	readonly #findings: Findings
	readonly #options: VerifyOptions
	#step: Step = 'manifest'
	#manifest: Manifest | null = null
	#head: NotedHead | null = null
	#vkey: string | null = null
	#policy: Policy | null = null
	#witnesses: Omit<BundleReport['witnesses'], 'isPolicyGiven'> = { state: 'none', by: [] }
	#chain: ReturnType<typeof createKeyChain> | null = null
	#log: LogReading | null = null
	#charters = 0
	#sums = ''
	#isOver = false
	#report: Pick<BundleReport, 'accesses' | 'since'> & { isSigned: boolean; openings: number } = {
		accesses: [],
		since: null,
		isSigned: false,
		openings: 0,
	}

	constructor(platform: Platform, findings: Findings, options: VerifyOptions) {
		this.#platform = platform
		this.#findings = findings
		this.#options = options
	}

	/** Takes in the next file. After one that is out of place nothing more can be made of the rest. */
	file(path: string, bytes: Uint8Array): void {
		if (this.#isOver) return
		const hash = bytesToHex(this.#platform.sha256(bytes))
		if (!this.#take(path, bytes, hash)) {
			this.#isOver = true
			this.#findings.refuse(
				path,
				'UNEXPECTED_FILE',
				`this file has no place here: ${this.#expected()} was to come`,
			)
		}
		if (path !== PATHS.sums) this.#sums += sumLine(path, hash)
	}

	#take(path: string, bytes: Uint8Array, hash: string): boolean {
		switch (this.#step) {
			case 'manifest':
				return path === PATHS.manifest && this.#readManifest(bytes)
			case 'checkpoint':
				return path === PATHS.checkpoint && this.#readCheckpoint(bytes)
			case 'policy':
				return path === PATHS.policy && this.#readPolicy(bytes)
			case 'log':
				if (this.#log?.file(path, bytes)) return true
				if (!this.#log?.isWhole()) return false
				this.#step = 'charters'
				return this.#take(path, bytes, hash)
			case 'charters': {
				const next = this.#log?.charterTexts()[this.#charters]
				if (next === undefined) {
					this.#step = 'summary'
					return this.#take(path, bytes, hash)
				}
				if (path !== charterPath(next.version)) return false
				this.#charters += 1
				if (hash !== next.textSha256)
					this.#findings.refuse(path, 'CHARTER_TEXT', 'this is not the text that came into force')
				return true
			}
			case 'summary':
				this.#step = 'verifier'
				return path === PATHS.summary && this.#agrees(path, hash, this.#manifest?.summarySha256)
			case 'verifier':
				this.#step = 'sums'
				return path === PATHS.verifier && this.#agrees(path, hash, this.#manifest?.verifierSha256)
			case 'sums':
				this.#step = 'end'
				if (path === PATHS.sums && strictUtf8(bytes) !== this.#sums)
					this.#findings.refuse(path, 'SUMS', 'the list of hashes does not fit the files')
				return path === PATHS.sums
			case 'end':
				return false
		}
	}

	#agrees(path: string, hash: string, expected: string | undefined): true {
		if (expected !== undefined && hash !== expected)
			this.#findings.refuse(path, 'NOT_OF_THE_MANIFEST', 'this is not the file that the manifest names')
		return true
	}

	#readManifest(bytes: Uint8Array): true {
		this.#step = 'checkpoint'
		this.#manifest = readManifest(bytes)
		if (this.#manifest === null) {
			this.#findings.refuse(
				PATHS.manifest,
				'MANIFEST',
				'this is not the manifest of a bundle in canonical form',
			)
			this.#isOver = true
		}
		return true
	}

	#readCheckpoint(bytes: Uint8Array): true {
		this.#step = 'policy'
		this.#head = readHead(strictUtf8(bytes) ?? '')
		if (this.#head === null) {
			this.#findings.refuse(PATHS.checkpoint, 'CHECKPOINT', 'this is no signed checkpoint')
			this.#isOver = true
		} else if (this.#head.origin !== this.#manifest?.origin)
			this.#findings.refuse(PATHS.checkpoint, 'ORIGIN', 'the checkpoint is of another log than the manifest')
		return true
	}

	#readPolicy(bytes: Uint8Array): true {
		this.#step = 'log'
		const { vkey, policy: given } = this.#options
		const named = readPolicy(strictUtf8(bytes) ?? '')
		const used = given === undefined ? named : readPolicy(given)
		if (typeof named === 'string') this.#findings.refuse(PATHS.policy, 'POLICY', named)
		if (typeof used === 'string') this.#findings.refuse('policy', 'POLICY', used)
		else this.#policy = used
		const ofFile = typeof named === 'string' ? undefined : named.logs[0]?.vkey
		this.#vkey = vkey ?? ofFile ?? null
		if (ofFile === undefined)
			this.#findings.refuse(PATHS.policy, 'POLICY', 'the policy names no verifier key of a log')
		if (this.#manifest === null || this.#head === null) return true
		this.#chain = createKeyChain(this.#vkey ?? '', this.#platform.verifyNote)
		this.#log = new LogReading(this.#platform, this.#findings, this.#manifest, this.#head, this.#chain)
		this.#readSince()
		return true
	}

	/** The root of the checkpoint that was kept is compared as the tree passes its size. */
	#readSince(): void {
		const { since } = this.#options
		if (since === undefined) return
		const kept = readHead(since)
		if (kept === null) this.#findings.refuse('since', 'SINCE', 'what was kept is no signed checkpoint')
		else {
			this.#log?.claim({ ...kept, where: 'since' })
			this.#report.since = { size: kept.size, isContained: false }
		}
	}

	/** Everything that is known only once the last file is there. */
	finish(): void {
		if (this.#isOver) return
		if (this.#step !== 'end')
			this.#findings.refuse('zip', 'MISSING_FILE', `the file ends, and ${this.#expected()} was to come`)
		if (!this.#log || !this.#chain || !this.#head) return
		this.#finishKeys(this.#chain, this.#head)
		this.#finishWitnesses(this.#chain, this.#head)
		const { accesses, openings } = this.#log.finish()
		this.#report.accesses = accesses
		this.#report.openings = openings
		const { since } = this.#report
		if (since) since.isContained = !this.#findings.failures.some(({ where }) => where === 'since')
	}

	#finishKeys(chain: ReturnType<typeof createKeyChain>, head: NotedHead): void {
		const problems = chain.finish(head)
		for (const found of problems) this.#findings.add(PATHS.checkpoint, found)
		this.#report.isSigned = problems.length === 0
		const { since, vkey } = this.#options
		if (vkey !== undefined && !chain.keys().some((key) => key.startsWith(`${head.origin}+`)))
			this.#findings.refuse(PATHS.policy, 'ANOTHER_LOG', 'the key that is trusted is that of another log')
		if (since !== undefined && readHead(since) !== null && !chain.isOurs(since))
			this.#findings.refuse(
				'since',
				'SINCE_SIGNATURE',
				'the checkpoint that was kept is not signed by this log',
			)
	}

	/** A quorum that the auditor asks for must be met; one that the file asks for is told as missing. */
	#finishWitnesses(chain: ReturnType<typeof createKeyChain>, head: NotedHead): void {
		if (this.#policy === null) return
		const found = readWitnesses(head, this.#policy, chain.keys(), this.#platform.verifyNote)
		if ('code' in found) return this.#findings.add(PATHS.checkpoint, found)
		this.#witnesses = found
		if (found.state !== 'not_met') return
		const [code, message] = [
			'NOT_WITNESSED',
			'too few witnesses of the policy cosigned this checkpoint',
		] as const
		this.#findings.add(
			PATHS.checkpoint,
			this.#options.policy === undefined ? unchecked(code, message) : problem(code, message),
		)
	}

	#expected(): string {
		switch (this.#step) {
			case 'log':
				return this.#log?.expected() ?? PATHS.policy
			case 'charters':
				return 'a charter text'
			case 'summary':
				return PATHS.summary
			case 'verifier':
				return PATHS.verifier
			case 'sums':
				return PATHS.sums
			case 'end':
				return 'the end'
			default:
				return PATHS[this.#step]
		}
	}

	report(): BundleReport {
		const { failures, unchecked } = this.#findings
		const { isSigned, openings, accesses, since } = this.#report
		const head = this.#head
		return {
			verdict: failures.length > 0 ? 'refused' : unchecked.length > 0 ? 'verified in part' : 'verified',
			log: {
				origin: head?.origin ?? null,
				size: head?.size ?? 0,
				root: head === null ? null : bytesToHex(head.root),
				vkey: this.#chain?.keys().at(-1) ?? this.#vkey,
				isKeyPinned: this.#options.vkey !== undefined,
				isSigned,
				rotations: Math.max(0, (this.#chain?.keys().length ?? 1) - 1),
			},
			witnesses: { ...this.#witnesses, isPolicyGiven: this.#options.policy !== undefined },
			since,
			manifest: this.#manifest,
			counts: { ...EMPTY_COUNTS, ...this.#log?.counts(), openings },
			accesses,
			unchecked,
			failures,
		}
	}
}

const EMPTY_COUNTS: BundleReport['counts'] = {
	entries: 0,
	selected: 0,
	openings: 0,
	proofs: 0,
	liveGrants: 0,
	decisions: 0,
	unopenedDecisions: 0,
	reevaluated: 0,
	enrolments: 0,
	revoked: 0,
	signatures: 0,
	syncedSignatures: 0,
	grants: 0,
	charters: 0,
	amendmentSignatures: 0,
	breakGlass: 0,
	breakGlassReviewed: 0,
	lockbox: 0,
	lockboxOutOfBand: 0,
	findings: 0,
	findingsRemoved: 0,
}
