import { setTimeout } from 'node:timers/promises'
import { checkpointsFrom, indexesOf, latestCheckpoint, openingsOf } from '#db/queries/ledger.ts'
import { countLockboxHistory } from '#db/queries/lockbox-history.ts'
import { hashesFrom } from '#db/queries/ledger-tree.ts'
import type { Reader } from '#db/client.ts'
import type { Language } from '#app/messages/create-text.ts'
import { nodePlatform } from '#app/verifier/node-platform.server.ts'
import { renderSummary } from '#app/verifier/render-summary.ts'
import { createBundleWalk } from '#workflows/audit-export/bundle-walk.ts'
import { Findings } from '#workflows/audit-export/findings.ts'
import {
	BUNDLE_SUFFIX,
	manifestBytes,
	type BundleFilter,
	type Manifest,
	type Profile,
} from '#workflows/audit-export/manifest.ts'
import { createRangeTree } from '#workflows/audit-export/range-tree.ts'
import { writeBundle } from '#workflows/audit-export/write-bundle.ts'
import { parseVkey } from '#workflows/ledger/signed-note.ts'
import { TILE_WIDTH } from '#workflows/ledger/tiles.ts'
import { formatPolicy } from '#workflows/ledger/tlog-policy.ts'
import { bytesToHex } from '#workflows/shared/bytes.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { sequencePending } from '../ledger/sequence.server.ts'
import { publishedCheckpoint } from '../ledger/witness-published.server.ts'
import { recordAlone } from '../record-entry.server.ts'
import { openedTiles, scopeOf, type BundleScope } from './bundle-scope.server.ts'
import { chosenRequests, type HistoryFilter } from './history.server.ts'

const LIMIT = 100_000
/** Witnesses answer within seconds, or not at all. */
const TRIES = 25
const BETWEEN_MS = 200
const TIME_ZONE = 'Europe/Berlin'

export type BundleOptions = { profile: Profile; language?: Language; timeZone?: string }
export type ExportedBundle = { fileName: string; bytes: AsyncIterable<Uint8Array> }

/**
 * A bundle of everything the filter chooses, with what it rests on, that verifies offline. All leaves of the log go in
 * (they hold no personal data), openings only where the filter chose. An entry of the record says first what is taken
 * away, by the digest of the manifest; the bundle is made from a checkpoint that covers this entry, as it is read.
 */
export async function exportBundle(
	deps: Deps,
	actor: Actor,
	filter: HistoryFilter,
	{ profile, language = 'en', timeZone = TIME_ZONE }: BundleOptions,
): Promise<ExportedBundle> {
	demand(actor, 'record:export')
	const { db } = deps.database
	const asked = bundleFilter(filter)
	// What has happened until now belongs in: give it its index first.
	await sequencePending(deps)
	const found = await chosenRequests(deps, filter, LIMIT + 1)
	const content = await countLockboxHistory(db, filter)
	if (found.length + content.rows > LIMIT)
		throw new DomainError(
			'INVALID_INPUT',
			`A bundle holds at most ${LIMIT} requests: choose a shorter period.`,
			{
				field: 'until',
				problem: 'TOO_MUCH',
			},
		)
	const atFacilities = asked.facilities.length > 0 ? new Set(found.map(({ id }) => id)) : null
	const last = await latestCheckpoint(db)
	if (!last) throw new DomainError('UNAVAILABLE', 'The record is still empty.')
	const scope = await scopeOf(db, { filter: asked, profile, asOf: last.size, atFacilities })
	const verifier = await deps.verifierPage()
	const described = {
		format: 'charterkeep-bundle',
		v: 1,
		origin: deps.signer.origin,
		asOf: last.size,
		generatedAt: deps.now().toISOString(),
		by: actor.personId,
		profile,
		language,
		timeZone,
		filter: asked,
		requests: scope.requests.size,
		findings: scope.findings.size,
		selected: scope.selected,
		selectedSha256: scope.selectedSha256,
		verifierSha256: sha256Hex(verifier),
	} as const
	const summary = await summarise(db, scope, described, actor.displayName)
	const manifest: Manifest = { ...described, summarySha256: sha256Hex(summary) }
	const checkpoint = await recordBundle(deps, actor, manifest)
	const bytes = writeBundle(
		{
			manifest,
			checkpoint,
			policy: policyText(deps),
			rotations: await rotationCheckpoints(db, scope.rotations),
			tileRoots: await tileRootsOf(db, checkpoint.size),
			tiles: openedTiles(db, scope, checkpoint.size),
			charters: await charterTexts(db, scope),
			summary,
			verifier,
		},
		nodePlatform,
	)
	const fileName = `charterkeep-${manifest.generatedAt.slice(0, 19).replaceAll(':', '')}Z${BUNDLE_SUFFIX}`
	return { fileName, bytes }
}

const sha256Hex = (bytes: Uint8Array) => bytesToHex(nodePlatform.sha256(bytes))

function bundleFilter({ people, roles, facilities, boundaries, from, until }: HistoryFilter): BundleFilter {
	return {
		people: [...people].sort(),
		roles: [...roles].sort(),
		facilities: [...facilities].sort(),
		...(boundaries.length > 0 ? { boundaries: [...boundaries].sort() } : {}),
		from: from?.toISOString() ?? null,
		until: until?.toISOString() ?? null,
	}
}

/** Writes down what is taken away, and gives the first checkpoint that covers this. */
async function recordBundle(deps: Deps, actor: Actor, manifest: Manifest) {
	const entryId = await recordAlone(deps, {
		kind: 'record.bundled',
		subject: null,
		actor: actor.personId,
		open: { manifestSha256: sha256Hex(manifestBytes(manifest)), selected: manifest.selected },
		sealed: { query: { filter: manifest.filter } },
		at: deps.now(),
	})
	deps.wake()
	await sequencePending(deps)
	const { db } = deps.database
	const index = (await indexesOf(db, [entryId])).get(entryId)
	const { policy, mode } = deps.witnessing
	for (let tried = 0; tried < TRIES; tried++) {
		const checkpoint = await publishedCheckpoint(db, policy, mode)
		const isEnough = mode === 'closed' || checkpoint?.witnessed.isMet || !checkpoint?.witnessed.isAsked
		if (index !== undefined && checkpoint && checkpoint.size > index && (isEnough || tried === TRIES - 1))
			return checkpoint
		await setTimeout(BETWEEN_MS)
	}
	throw new DomainError(
		'UNAVAILABLE',
		'The record could not be signed and witnessed just now: try again in a moment.',
	)
}

/** The policy that goes in: our key, and the witnesses that are configured. */
function policyText({ signer, witnessing: { policy } }: Deps): string {
	const key = parseVkey(signer.vkey)
	const { witnesses = [], groups = [], quorum = null } = policy ?? {}
	const logs = key === null ? [] : [{ key, vkey: signer.vkey, url: null }]
	return formatPolicy({ logs, witnesses, groups, quorum })
}

/** What there is to read: the entries told once more, in words. */
async function summarise(
	reader: Reader,
	scope: BundleScope,
	manifest: Omit<Manifest, 'summarySha256'>,
	by: string,
): Promise<Uint8Array> {
	const findings = new Findings()
	// Whether signatures hold is for the verifier to say, and not for whoever exports.
	const walk = createBundleWalk({ ...nodePlatform, verifyAssertion: () => true }, findings, scope.profile)
	for await (const tile of openedTiles(reader, scope, scope.asOf))
		for (const { index, leafRead, openings, isSelected } of tile)
			walk.tell(index, leafRead, openings, isSelected)
	const { accesses } = walk.finish(manifest.generatedAt)
	return new TextEncoder().encode(
		renderSummary({ manifest, by, accesses, counts: walk.counts(), unchecked: findings.unchecked }),
	)
}

/** The first checkpoint after each change of keys: both keys sign it. */
async function rotationCheckpoints(reader: Reader, rotations: readonly number[]) {
	const found = new Map<number, { note: string; size: number }>()
	for (const index of rotations) {
		const [checkpoint] = await checkpointsFrom(reader, index + 1, 1)
		if (checkpoint) found.set(checkpoint.size, { note: checkpoint.note, size: checkpoint.size })
	}
	return [...found.values()].sort((a, b) => a.size - b.size)
}

/** Roots over the leaves of each tile: of full ones as they are stored, of the last one as far as it reaches. */
async function tileRootsOf(reader: Reader, size: number): Promise<Uint8Array[]> {
	const full = Math.floor(size / TILE_WIDTH)
	const roots = await hashesFrom(reader, 1, 0, full)
	if (size % TILE_WIDTH === 0) return roots
	const last = await hashesFrom(reader, 0, full * TILE_WIDTH, size % TILE_WIDTH)
	return [...roots, createRangeTree(last, nodePlatform.sha256).root()]
}

async function charterTexts(reader: Reader, { charters }: BundleScope) {
	const openings = await openingsOf(
		reader,
		charters.map(({ entryId }) => entryId),
	)
	return charters
		.map(({ entryId, version }) => {
			const text = openings.get(entryId)?.text?.record as { yaml?: unknown } | undefined
			if (typeof text?.yaml !== 'string') throw new Error(`The text of charter version ${version} is gone.`)
			return { version, yaml: text.yaml }
		})
		.sort((a, b) => a.version - b.version)
}
