import { METHOD_TROUBLES, methodKindOf } from '../people/authentication-methods.ts'
import type { GraphRow } from './graph-rows.ts'
import type { RawTenant } from './raw-tenant.ts'
import type { PictureMethods, PicturePasskey } from './tenant-picture.ts'

/** Authentication methods by whose they are. `readAt` is when they were read. */
export function methodsOf(methods: RawTenant['methods'], readAt: string): PictureMethods[] {
	return [...methods].map(([objectId, raw]): PictureMethods => {
		if (raw === 'absent') return { read: false, objectId, why: 'absent' }
		const { methods: list, passkeys: details } = raw
		if (!list.read) {
			const why = METHOD_TROUBLES.find((trouble) => trouble === list.why) ?? 'never'
			return { read: false, objectId, why: list.why === 'unreadable' ? 'unavailable' : why }
		}
		const kinds = [...new Set(list.rows.map((row) => methodKindOf(row['@odata.type'])))].sort()
		const own = list.rows.filter((row) => methodKindOf(row['@odata.type']) === 'fido2')
		// Where there is none, no details are missing; where details were refused, what the list itself tells counts.
		const passkeys = details.read ? details.rows : own.every(isDetailed) ? own : null
		return { read: true, objectId, kinds, passkeys: passkeys?.map(passkeyOf) ?? null, readAt }
	})
}

const isDetailed = (row: GraphRow<'methods'>) => Boolean(row.passkeyType && row.attestationLevel)

/** A FIDO2 method in our words. What the tenant does not tell is unknown, and never the better of the two. */
export function passkeyOf(row: GraphRow<'methods'>): PicturePasskey {
	const { passkeyType, attestationLevel } = row
	return {
		id: row.id ?? '',
		aaGuid: row.aaGuid?.toLowerCase() ?? null,
		passkeyType: passkeyType === 'deviceBound' || passkeyType === 'synced' ? passkeyType : 'unknown',
		attestation:
			attestationLevel === 'attested' || attestationLevel === 'notAttested' ? attestationLevel : 'unknown',
	}
}
