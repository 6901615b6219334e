import { NAMED, type Tally } from './oscal-tally.ts'

type Examined = 'active' | 'opened' | 'privileges' | 'policies'
/** What stands in a tally as ids that speak against something. */
type Fault = { [K in keyof Tally]: Tally[K] extends number ? never : K }[keyof Tally]
type Check = {
	/** How many records it was laid against: where there were none, nothing is found. */
	examined: (tally: Tally) => number
	/** Control and statement of NIST SP 800-53 Rev. 5, as its OSCAL catalogue names them. */
	control: string
	target: string
	title: string
	/** Whether what speaks against it is a risk of the document as well. */
	areRisks: boolean
	/** Ids of the requests or findings that speak against it, none when it is satisfied. */
	failed: (tally: Tally) => readonly string[]
	describe: (tally: Tally) => string
}

const check = (
	control: string,
	target: string,
	title: string,
	what: Fault,
	fault: string,
	{ of: examined = 'active', name = 'accesses' }: { of?: Examined; name?: string } = {},
): Check => ({
	areRisks: examined === 'privileges' || examined === 'policies',
	examined: (tally) => tally[examined],
	control,
	target,
	title,
	failed: (tally) => tally[what].ids,
	describe: (tally) =>
		tally[what].count === 0
			? `Of ${tally[examined]} ${name} none ${fault}.`
			: `Of ${tally[examined]} ${name} ${tally[what].count} ${fault}.${tally[what].count > NAMED ? ` The first ${NAMED} are named.` : ''}`,
})

/** What the data can answer, and no more: each check holds for what was examined. */
export const CHECKS: readonly Check[] = [
	check(
		'ac-2',
		'ac-2_smt.i',
		'Access is authorised before it is given',
		'unapproved',
		'was active without the approvals of every stage before it',
	),
	check(
		'ac-2.2',
		'ac-2.2_smt',
		'Access ends by itself',
		'overdue',
		'was held longer than ten minutes past its end, or has an end that the tenant did not confirm',
	),
	check(
		'ac-3',
		'ac-3_smt',
		'Access is permitted by the charter at every moment',
		'uncovered',
		'had a time at which the charter then in force did not permit it',
	),
	check(
		'ac-5',
		'ac-5_smt.b',
		'Nobody decides on their own request or twice',
		'ownOrTwice',
		'was decided by the requester or twice by one person',
	),
	check(
		'ps-3',
		'ps-3_smt.a',
		'People are screened throughout their access',
		'unscreened',
		'had a time without the citizenship, residence or clearance that the charter asks for',
	),
	check(
		'au-10',
		'au-10_smt',
		'Requests and decisions stand in the record',
		'unrecorded',
		'has a request or a decision without an entry of the record',
	),
	check(
		'ma-4',
		'ma-4_smt.a',
		'Access to customer content for maintenance and support is approved before it is given',
		'openedUnapproved',
		'was opened without the approvals of every stage before it, or was decided at the provider',
		{ of: 'opened' },
	),
	check(
		'ac-6.7',
		'ac-6.7_smt.b',
		'Privilege that was not approved is taken away, or somebody answers for it',
		'unanswered',
		'stands without anybody answering for it, or was not confirmed to be gone',
		{ of: 'privileges', name: 'differences between privilege in Entra ID and what was approved' },
	),
	check(
		'cm-6',
		'cm-6_smt.d',
		'Changes to the rules of the tenant are found and answered',
		'weakened',
		'stands without anybody answering for it',
		{ of: 'policies', name: 'rules of the tenant that asked for less than before' },
	),
]
