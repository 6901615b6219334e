import { bytesToHex } from '../shared/bytes.ts'
import { parseCosignerVkey } from './cosignature.ts'
import { parseVkey, type NoteKey } from './signed-note.ts'

export type PolicyLog = { key: NoteKey; vkey: string; url: string | null }
export type PolicyWitness = { name: string; key: NoteKey; vkey: string; url: string | null }
export type PolicyGroup = { name: string; threshold: number; members: readonly string[] }

/** Which logs are known, and whose cosignatures make a checkpoint a witnessed one (C2SP tlog-policy). */
export type Policy = {
	logs: readonly PolicyLog[]
	witnesses: readonly PolicyWitness[]
	/** In the order of their definition: a group names only what stands before it. */
	groups: readonly PolicyGroup[]
	/** Name of a witness or group; null for `quorum none`. */
	quorum: string | null
}

/** Why a policy is refused, by name; `line` counts from 1. */
export type PolicyRefusal = { line: number; code: keyof typeof REFUSALS; message: string }

const REFUSALS = {
	control_character: 'holds a control character: only tabs are allowed, and lines end in a newline alone',
	last_line_open: 'does not end in a newline: the file may have been cut off',
	unknown_keyword: 'is no log, witness, group or quorum line',
	wrong_item_count: 'has too few items or too many',
	not_a_log_key: 'names no Ed25519 key of a log (a verifier key of type 01)',
	not_a_witness_key: 'names no Ed25519 key of a witness (a verifier key of type 04)',
	not_a_url: 'names no http or https address',
	duplicate_log: 'names the key of a log that stands in the policy already',
	duplicate_witness: 'names the key of a witness that stands in the policy already',
	name_taken: 'defines a name that is defined already, or the reserved name none',
	name_unknown: 'uses a name that no line before it defines',
	member_used_twice: 'lists a member that is in a group already: each counts in one way only',
	threshold_out_of_range: 'asks for a number of members that is not between 1 and all of them',
	second_quorum: 'is a second quorum line',
	quorum_missing: 'should be a quorum line: a policy has exactly one',
	too_large: 'is more than this implementation reads',
} as const

const MOST_OF_A_KIND = 256
const MOST_CHARACTERS = 1_000_000

/** Reads a policy. `quorum: 'optional'` also takes a plain list of logs, as `quorum none`. */
export function parsePolicy(
	text: string,
	{ quorum: need = 'required' }: { quorum?: 'required' | 'optional' } = {},
): { policy: Policy; refusal: null } | { policy: null; refusal: PolicyRefusal } {
	const draft: Draft = { logs: [], witnesses: [], groups: [], quorum: undefined, used: new Set() }
	const lines = text.split('\n')
	const refused = (line: number, code: PolicyRefusal['code']) => ({
		policy: null,
		refusal: { line, code, message: `Line ${line} of the policy ${REFUSALS[code]}.` },
	})
	if (text.length > MOST_CHARACTERS) return refused(1, 'too_large')
	for (const [i, line] of lines.entries()) {
		if (!isPlain(line)) return refused(i + 1, 'control_character')
		if (i === lines.length - 1) {
			if (line !== '') return refused(i + 1, 'last_line_open')
			continue
		}
		const code = readLine(draft, line)
		if (code !== null) return refused(i + 1, code)
	}
	if (draft.quorum === undefined && need === 'required') return refused(lines.length, 'quorum_missing')
	const { logs, witnesses, groups, quorum = null } = draft
	return { policy: { logs, witnesses, groups, quorum }, refusal: null }
}

type Draft = {
	logs: PolicyLog[]
	witnesses: PolicyWitness[]
	groups: PolicyGroup[]
	quorum: string | null | undefined
	/** Every member of a group so far. */
	used: Set<string>
}

/** No control character but the tab, and nothing that has no octets. */
// eslint-disable-next-line no-control-regex -- refusing control characters is the point
const isPlain = (line: string) => !/[\u0000-\u0008\u000a-\u001f\u007f]/.test(line) && line.isWellFormed()

function readLine(draft: Draft, line: string): PolicyRefusal['code'] | null {
	const [keyword, ...items] = line.split(/[ \t]+/).filter((item) => item !== '')
	if (keyword === undefined || keyword.startsWith('#')) return null
	switch (keyword) {
		case 'log':
			return readLog(draft, items)
		case 'witness':
			return readWitness(draft, items)
		case 'group':
			return readGroup(draft, items)
		case 'quorum':
			return readQuorum(draft, items)
		default:
			return 'unknown_keyword'
	}
}

function readLog({ logs }: Draft, [vkey, url, ...more]: string[]): PolicyRefusal['code'] | null {
	if (vkey === undefined || more.length > 0) return 'wrong_item_count'
	const key = parseVkey(vkey)
	if (key === null) return 'not_a_log_key'
	if (url !== undefined && !isUrl(url)) return 'not_a_url'
	if (holdsKey(logs, key)) return 'duplicate_log'
	return add(logs, { key, vkey, url: url ?? null })
}

function readWitness(draft: Draft, [name, vkey, url, ...more]: string[]): PolicyRefusal['code'] | null {
	if (name === undefined || vkey === undefined || more.length > 0) return 'wrong_item_count'
	const key = parseCosignerVkey(vkey)
	if (key === null) return 'not_a_witness_key'
	if (url !== undefined && !isUrl(url)) return 'not_a_url'
	if (isTaken(draft, name)) return 'name_taken'
	if (holdsKey(draft.witnesses, key)) return 'duplicate_witness'
	return add(draft.witnesses, { name, key, vkey, url: url ?? null })
}

function readGroup(draft: Draft, [name, threshold, ...members]: string[]): PolicyRefusal['code'] | null {
	if (name === undefined || threshold === undefined || members.length === 0) return 'wrong_item_count'
	if (isTaken(draft, name)) return 'name_taken'
	for (const member of members) {
		if (member === 'none' || !isTaken(draft, member)) return 'name_unknown'
		if (draft.used.has(member)) return 'member_used_twice'
		draft.used.add(member)
	}
	const wanted = thresholdOf(threshold, members.length)
	if (wanted === null) return 'threshold_out_of_range'
	return add(draft.groups, { name, threshold: wanted, members })
}

function readQuorum(draft: Draft, [name, ...more]: string[]): PolicyRefusal['code'] | null {
	if (name === undefined || more.length > 0) return 'wrong_item_count'
	if (draft.quorum !== undefined) return 'second_quorum'
	if (!isTaken(draft, name)) return 'name_unknown'
	draft.quorum = name === 'none' ? null : name
	return null
}

function add<T>(list: T[], item: T): PolicyRefusal['code'] | null {
	list.push(item)
	return list.length > MOST_OF_A_KIND ? 'too_large' : null
}

const isTaken = ({ witnesses, groups }: Draft, name: string) =>
	name === 'none' || [...witnesses, ...groups].some((known) => known.name === name)

/** The same key under another name is the same key. */
const holdsKey = (known: readonly { key: NoteKey }[], { publicKey }: NoteKey) =>
	known.some(({ key }) => bytesToHex(key.publicKey) === bytesToHex(publicKey))

const isUrl = (text: string) => /^https?:\/\//.test(text) && URL.canParse(text)

function thresholdOf(text: string, members: number): number | null {
	if (text === 'any') return 1
	if (text === 'all') return members
	const wanted = /^[1-9][0-9]{0,3}$/.test(text) ? Number(text) : Number.NaN
	return wanted <= members ? wanted : null
}

/** Whether the cosignatures of these witnesses, by their names in the policy, meet its quorum. */
export function isQuorumMet({ groups, quorum }: Policy, cosigned: ReadonlySet<string>): boolean {
	if (quorum === null) return true
	const met = new Set(cosigned)
	// Only witnesses cosign; a group counts by its members, which all stand before it.
	for (const { name } of groups) met.delete(name)
	for (const { name, threshold, members } of groups)
		if (members.filter((member) => met.has(member)).length >= threshold) met.add(name)
	return met.has(quorum)
}

/** The policy as a file. Addresses are left out: they are of use to the log alone, not to those who verify. */
export function formatPolicy({ logs, witnesses, groups, quorum }: Policy): string {
	return [
		...logs.map(({ vkey }) => `log ${vkey}`),
		...witnesses.map(({ name, vkey }) => `witness ${name} ${vkey}`),
		...groups.map(({ name, threshold, members }) => `group ${name} ${threshold} ${members.join(' ')}`),
		`quorum ${quorum ?? 'none'}`,
		'',
	].join('\n')
}
