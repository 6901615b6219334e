import { describe, expect, test } from 'vitest'
import { formatPolicy, isQuorumMet, parsePolicy, type Policy } from '#workflows/ledger/tlog-policy.ts'
import { madeLog, madeWitness } from '#test/factories/log.ts'

const L = madeLog('agency.example/log').vkey
const [A, B, C, D] = ['a', 'b', 'c', 'd'].map((name) => madeWitness(`${name}.example`).vkey)
const text = (...lines: string[]) => `${lines.join('\n')}\n`
const read = (...lines: string[]): Policy => {
	const { policy, refusal } = parsePolicy(text(...lines))
	if (policy === null) throw new Error(refusal.message)
	return policy
}
const WITNESSES = [`witness A ${A}`, `witness B ${B}`, `witness C ${C}`, `witness D ${D}`]

describe('a policy', () => {
	test('is met by groups of groups', () => {
		const policy = read(...WITNESSES, 'group X 2 A B C', 'group Y any D', 'group both all X Y', 'quorum both')
		const met = (...names: string[]) => isQuorumMet(policy, new Set(names))
		expect([met('A', 'B', 'D'), met('A', 'B', 'C', 'D')]).toEqual([true, true])
		expect([met('A', 'D'), met('A', 'B', 'C'), met()]).toEqual([false, false, false])
		// A group is no witness: its name alone says nothing.
		expect([met('X', 'Y'), met('both')]).toEqual([false, false])
	})

	test('may ask for one witness, or for none', () => {
		const one = read(...WITNESSES, 'quorum B')
		expect([isQuorumMet(one, new Set(['B'])), isQuorumMet(one, new Set(['A']))]).toEqual([true, false])
		expect(isQuorumMet(read('quorum none'), new Set())).toBe(true)
	})

	test('is read with tabs, empty lines, comments and addresses, and written without them', () => {
		const policy = read(
			'# who sees this log',
			'',
			` \tlog\t${L} https://access.agency.example/log  `,
			`witness A ${A} https://witness.example/x/`,
			`\t# and nobody else`,
			'group g any A',
			'quorum g',
		)
		expect(policy.witnesses[0]).toMatchObject({ name: 'A', url: 'https://witness.example/x/' })
		const written = formatPolicy(policy)
		expect(written).toBe(text(`log ${L}`, `witness A ${A}`, 'group g 1 A', 'quorum g'))
		expect(formatPolicy(read(...written.trimEnd().split('\n')))).toBe(written)
	})

	test('names are what they are written as', () => {
		const policy = read(`witness K ${A}`, `witness \u212a ${B}`, 'group g all K \u212a', 'quorum g')
		expect(isQuorumMet(policy, new Set(['K']))).toBe(false)
	})

	test('that is a list of logs is read where no quorum is needed', () => {
		const list = text(`log ${L}`)
		expect(parsePolicy(list).refusal?.code).toBe('quorum_missing')
		expect(parsePolicy(list, { quorum: 'optional' }).policy).toMatchObject({ quorum: null })
	})

	test.each<[string, number, string[]]>([
		['control_character', 1, [`log ${L}\r`, 'quorum none']],
		['control_character', 2, ['quorum none', '# \u0000']],
		['control_character', 1, ['# \u007f', 'quorum none']],
		['unknown_keyword', 1, ['Log x', 'quorum none']],
		['wrong_item_count', 1, ['log', 'quorum none']],
		['wrong_item_count', 1, [`log ${L} https://a.example b`, 'quorum none']],
		['wrong_item_count', 1, ['witness A', 'quorum none']],
		['wrong_item_count', 2, [`witness A ${A}`, 'group g any', 'quorum g']],
		['wrong_item_count', 1, ['quorum', 'quorum none']],
		['wrong_item_count', 2, [`witness A ${A}`, 'quorum A A']],
		['not_a_log_key', 1, [`log ${A}`, 'quorum none']],
		['not_a_log_key', 1, [`log ${L.slice(0, -4)}`, 'quorum none']],
		['not_a_witness_key', 1, [`witness A ${L}`, 'quorum none']],
		['not_a_url', 1, [`log ${L} agency.example`, 'quorum none']],
		['not_a_url', 1, [`witness A ${A} ftp://w.example`, 'quorum none']],
		['duplicate_log', 2, [`log ${L}`, `log ${L}`, 'quorum none']],
		['duplicate_witness', 2, [`witness A ${A}`, `witness B ${A}`, 'quorum none']],
		['name_taken', 2, [`witness A ${A}`, `witness A ${B}`, 'quorum none']],
		['name_taken', 2, [`witness A ${A}`, 'group A any A', 'quorum none']],
		['name_taken', 1, [`witness none ${A}`, 'quorum none']],
		['name_unknown', 1, ['group g any A', `witness A ${A}`, 'quorum g']],
		['name_unknown', 2, [`witness A ${A}`, 'group g any none', 'quorum g']],
		['name_unknown', 2, [`witness A ${A}`, 'group g any g', 'quorum g']],
		['name_unknown', 1, ['quorum A', `witness A ${A}`]],
		['member_used_twice', 2, [`witness A ${A}`, 'group g 2 A A', 'quorum g']],
		['member_used_twice', 3, [`witness A ${A}`, 'group g any A', 'group h any A', 'quorum h']],
		['threshold_out_of_range', 2, [`witness A ${A}`, 'group g 0 A', 'quorum g']],
		['threshold_out_of_range', 2, [`witness A ${A}`, 'group g 2 A', 'quorum g']],
		['threshold_out_of_range', 2, [`witness A ${A}`, 'group g most A', 'quorum g']],
		['threshold_out_of_range', 2, [`witness A ${A}`, 'group g 01 A', 'quorum g']],
		['second_quorum', 2, ['quorum none', 'quorum none']],
		['quorum_missing', 2, [`log ${L}`]],
	])('is refused as %s in line %i', (code, line, lines) => {
		const { policy, refusal } = parsePolicy(text(...lines))
		expect(policy).toBeNull()
		expect(refusal).toMatchObject({ code, line })
		expect(refusal?.message).toMatch(new RegExp(`^Line ${line} of the policy .+\\.$`))
	})

	test('that was cut off, or that is too large, is refused', () => {
		expect(parsePolicy(`log ${L}\nquorum none`).refusal?.code).toBe('last_line_open')
		expect(parsePolicy('#'.repeat(1_000_001)).refusal?.code).toBe('too_large')
	})
})
