import { credentialsOf } from '#db/queries/credentials.ts'
import { entriesAbout } from '#db/queries/entries.ts'
import { parseLeaf } from '#workflows/ledger/leaf.ts'
import type { RevocationCause } from '#workflows/people/revocation.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { SESSION_MS } from '../sign-in/sign-in.server.ts'

export type PasskeyView = {
	id: string
	enrolledAt: string
	lastUsedAt: string | null
	/** The private key cannot leave the authenticator. */
	deviceBound: boolean
	aaguid: string
	/** Index of the entry of its enrolment; null while that waits for it. */
	entryIndex: number | null
	revoked: { at: string; cause: RevocationCause | null; entryIndex: number | null } | null
	/** The reader's present session was opened with it. */
	isInUse: boolean
	/** Whether the reader may revoke it now. */
	mayRevoke: boolean
}

const utf8 = new TextDecoder()

/** Every passkey a person ever enrolled: their own for themself, anybody's for officers; the newest on top. */
export async function showPasskeys(
	{ database, now }: Deps,
	actor: Actor,
	personId: string,
): Promise<PasskeyView[]> {
	const isOwn = actor.personId === personId
	if (!isOwn) demand(actor, 'people:read')
	const { db } = database
	const rows = await credentialsOf(db, personId)
	const sessionsFrom = new Date(now().getTime() - SESSION_MS)
	const entries = [
		...(await entriesAbout(db, personId, ['passkey.enrolled', 'passkey.revoked'])),
		...(isOwn ? await entriesAbout(db, personId, ['session.signed_in'], sessionsFrom) : []),
	].map(({ id, index, leaf }) => ({ id, index, leaf: parseLeaf(utf8.decode(leaf)) }))
	const indexes = new Map(entries.map(({ id, index }) => [id, index]))
	const revocations = new Map<string, { cause: RevocationCause; index: number | null }>()
	let inUse: string | null = null
	for (const { leaf, index } of entries) {
		if (leaf?.kind === 'passkey.revoked')
			revocations.set(leaf.open.credentialEntry, { cause: leaf.open.cause, index })
		if (leaf?.kind === 'session.signed_in' && leaf.open.sessionId === actor.sessionId)
			inUse = leaf.open.credentialEntry
	}
	const usable = rows.filter(({ revokedAt }) => revokedAt === null).length
	const mayRevoke = isOwn ? usable > 1 : actor.permissions.has('people:enrol')
	return rows.reverse().map((row) => {
		const revocation = revocations.get(row.entryId)
		return {
			id: row.id,
			enrolledAt: row.createdAt.toISOString(),
			lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
			deviceBound: row.deviceBound,
			aaguid: row.aaguid,
			entryIndex: indexes.get(row.entryId) ?? null,
			revoked:
				row.revokedAt === null
					? null
					: {
							at: row.revokedAt.toISOString(),
							cause: revocation?.cause ?? null,
							entryIndex: revocation?.index ?? null,
						},
			isInUse: inUse === row.entryId,
			mayRevoke: mayRevoke && row.revokedAt === null,
		}
	})
}
