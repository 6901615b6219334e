import type { Instant } from '../../shared/instants.ts'
import type { EntryRef } from './access-record.ts'

/** Version of the Open Cybersecurity Schema Framework that these events follow. */
export const OCSF_VERSION = '1.8.0'
const IAM = { uid: 3, name: 'Identity & Access Management' }
const FINDINGS = { uid: 2, name: 'Findings' }
const INFORMATIONAL = 1
const SUCCESS = 1

/** Classes and activities used here: `type_uid` is class times 100 plus activity. */
const CLASSES = {
	finding: {
		category: FINDINGS,
		uid: 2004,
		name: 'Detection Finding',
		activities: { 1: 'Create', 2: 'Update', 3: 'Close' },
	},
	authentication: {
		category: IAM,
		uid: 3002,
		name: 'Authentication',
		activities: { 1: 'Logon', 2: 'Logoff' },
	},
	entity: {
		category: IAM,
		uid: 3004,
		name: 'Entity Management',
		activities: { 1: 'Create', 3: 'Update' },
	},
	userAccess: {
		category: IAM,
		uid: 3005,
		name: 'User Access Management',
		activities: { 1: 'Assign Privileges', 2: 'Revoke Privileges' },
	},
} as const

/** What every event must have: its class and activity, when, how severe, and which product tells it. */
export function base<C extends keyof typeof CLASSES>(
	name: C,
	activity: keyof (typeof CLASSES)[C]['activities'] & number,
	at: Instant,
	entry: EntryRef | null,
	correlation: string | null,
): object {
	const { category, uid, name: caption, activities } = CLASSES[name]
	return {
		activity_id: activity,
		activity_name: (activities as Record<number, string>)[activity],
		category_uid: category.uid,
		category_name: category.name,
		class_uid: uid,
		class_name: caption,
		type_uid: uid * 100 + activity,
		severity_id: INFORMATIONAL,
		status_id: SUCCESS,
		/** Milliseconds since 1970. */
		time: Date.parse(at),
		metadata: {
			version: OCSF_VERSION,
			product: { name: 'Charterkeep', vendor_name: 'Charterkeep' },
			log_name: 'charterkeep-record',
			original_time: at,
			...(entry ? { uid: entry.id } : {}),
			...(entry?.index === undefined || entry.index === null ? {} : { sequence: entry.index }),
			...(correlation === null ? {} : { correlation_uid: correlation }),
		},
	}
}
