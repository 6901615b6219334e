const ID = '01938a70-3333-7333-8333-000000000004'

const summary = {
	id: ID,
	number: 3,
	url: `/api/v1/findings/${ID}`,
	family: 'holding',
	kinds: ['permanent', 'outOfBand'],
	state: 'removed',
	standing: 'active',
	holder: { name: 'Robin Kessler', objectId: 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a01', kind: 'user' },
	through: null,
	place: { name: 'User Administrator', where: 'tenant', unit: null },
	policy: null,
	roles: ['User administrator'],
	reaction: { do: 'decide', withinSeconds: 14_400, otherwise: 'remove' },
	owner: 'Jana Hofmann',
	foundAt: '2026-11-23T14:03:00.000Z',
	lastSeenAt: '2026-11-23T14:10:00.000Z',
	decideBy: null,
	isRemovable: true,
	closedAt: '2026-11-23T14:21:07.000Z',
	removedAfterSeconds: 1087,
}

/** Examples of the operations on findings. */
export const FINDING_EXAMPLES = {
	listFindings: { answer: { findings: [summary], next: null } },
	showFinding: {
		answer: {
			...summary,
			holds: { from: '2026-11-23T13:58:12.000Z', until: null, people: 0 },
			weakened: [],
			request: null,
			confirmedAt: '2026-11-23T14:03:03.000Z',
			removal: {
				orderedAt: '2026-11-23T14:20:55.000Z',
				orderedBy: 'decision',
				sentAt: '2026-11-23T14:20:56.000Z',
				killSwitchAt: null,
				failure: null,
			},
			acceptedUntil: null,
			missed: null,
			decisions: [
				{
					step: 'remove',
					officer: 'Jana Hofmann',
					reason: 'Nobody asked for it',
					acceptedUntil: null,
					at: '2026-11-23T14:20:55.000Z',
					recordEntry: 4812,
				},
			],
		},
	},
} as const
