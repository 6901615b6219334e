/** English words: witnesses of the record. */
export const witness = {
	title: 'Witnesses',
	none: 'No witness is asked: this server alone signs the record. Another agency can run a witness, which vouches that everybody is shown the same record and that it only grows.',
	met: 'Witnessed: the {{size}} entries that are given out have the cosignatures that the policy asks for.',
	waiting: 'The newest of the {{size}} entries are signed by this server and wait for the witnesses.',
	notSince:
		'Not witnessed since {{at}}: {{witnessed}} entries were witnessed then. The newer ones, up to {{size}}, are signed by this server alone.',
	never: 'Not witnessed: the {{size}} entries that are given out are signed by this server alone.',
	closedBehind:
		'Given out are {{given}} entries, which are witnessed. The newer ones, up to {{size}}, are held back until the witnesses have signed.',
	closedNone:
		'Nothing is given out: no checkpoint has the cosignatures that the policy asks for, and this record gives out only what is witnessed.',
	stopped:
		'Nothing is signed: a witness holds what this database does not. Find the database that has the witnessed entries, and restore it.',
	needs: 'Asked for',
	all: 'all of {{members}}',
	any: 'one of {{members}}',
	some: '{{count}} of {{members}}',
	mode: 'Without witnesses',
	mode_open: 'the record is given out, marked as not witnessed',
	mode_closed: 'nothing newer is given out',
	name: 'Witness',
	upTo: 'Has cosigned',
	entries_one: '{{size}} entry',
	entries_other: '{{size}} entries',
	nothing: 'nothing yet',
	when: 'When',
	state: 'State',
	current: 'up to date',
	behind: 'newer entries wait',
	unasked: 'not asked',
	since: 'since',
	key: 'Verifier key',
	problem_unreachable: 'Cannot be reached ({{text}}): check its address in the policy, and the network.',
	problem_unknown_log: 'Does not know this record: give its operator the verifier key above.',
	problem_refused: 'Refuses ({{text}}): ask its operator.',
	problem_bad_cosignature:
		'Answers with a signature that is not by its key: check its verifier key in the policy.',
	problem_clock: 'Its clock is ahead ({{text}}): ask its operator to set it.',
	problem_ahead:
		'Has cosigned more than this database holds: the database was put back from an older copy. Nothing is signed until the newer one is back.',
	problem_forked:
		'Holds another record under the key of this one. Nothing is signed until somebody has found out which database is right.',
	wentBack:
		'Its own memory was put back from an older copy: it had cosigned {{cosigned}} entries and held {{held}}. Tell its operator.',
	waitsForWitness: 'This entry has a proof once the witnesses have signed a checkpoint that holds it.',
	proofWitnessed: 'The checkpoint below is witnessed.',
}
