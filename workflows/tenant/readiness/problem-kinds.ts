import type { ProblemKind, SectionKey } from './report.schema.ts'

/** Who mends it. */
export type Owner = 'tenant_admin' | 'security_officer' | 'charter_owner' | 'person'

/** The four weeks in which a tenant is assessed, and the ninety days in which it is handed over. */
export const ASSESSMENT_DAYS = 28
export const CUTOVER_DAYS = 90
export type Phase = 'assessment' | 'cutover'

/** Problems of whoever holds something: a line of a report has them. The others are about roles, accounts for emergencies, and parts. */
export const LINE_PROBLEMS = [
	'guestHolds',
	'applicationHolds',
	'unknownPersonHolds',
	'refusedHolds',
	'controlsGroup',
	'disabledHolds',
	'permanent',
	'pastPim',
	'beginsLater',
	'noResistantMethod',
	'standingEligible',
	'methodUnknown',
	'accountUnknown',
] as const satisfies readonly ProblemKind[]

export type KindOfProblem = {
	section: SectionKey
	/** Which part of the picture it takes to know. */
	owner: Owner
	phase: Phase
	/** Days after the plan begins by which it is mended. */
	dueDay: number
	isUnknown?: boolean
}

/**
 * What each problem is: which section it lowers, who mends it and by when. What could lock everybody out comes first of all. Whoever
 * acts now without being answerable comes in the first week; what is not known is found out before anything is decided; what takes agreements of others comes later.
 */
export const KINDS: Readonly<Record<ProblemKind, KindOfProblem>> = {
	guestHolds: { section: 'accounts', owner: 'tenant_admin', phase: 'assessment', dueDay: 3 },
	applicationHolds: { section: 'accounts', owner: 'tenant_admin', phase: 'assessment', dueDay: 7 },
	unknownPersonHolds: { section: 'people', owner: 'security_officer', phase: 'assessment', dueDay: 7 },
	refusedHolds: { section: 'people', owner: 'security_officer', phase: 'assessment', dueDay: 7 },
	controlsGroup: { section: 'accounts', owner: 'tenant_admin', phase: 'assessment', dueDay: 10 },
	disabledHolds: { section: 'accounts', owner: 'tenant_admin', phase: 'assessment', dueDay: 10 },
	breakGlassUnusable: { section: 'signIn', owner: 'tenant_admin', phase: 'assessment', dueDay: 2 },
	breakGlassHeld: { section: 'signIn', owner: 'tenant_admin', phase: 'assessment', dueDay: 2 },
	breakGlassNoKey: { section: 'signIn', owner: 'security_officer', phase: 'assessment', dueDay: 14 },
	permanent: { section: 'duration', owner: 'tenant_admin', phase: 'cutover', dueDay: 60 },
	pastPim: { section: 'duration', owner: 'tenant_admin', phase: 'cutover', dueDay: 60 },
	beginsLater: { section: 'duration', owner: 'tenant_admin', phase: 'assessment', dueDay: 7 },
	noResistantMethod: { section: 'signIn', owner: 'person', phase: 'assessment', dueDay: 21 },
	noPolicy: { section: 'signIn', owner: 'tenant_admin', phase: 'assessment', dueDay: 21 },
	policyReportOnly: { section: 'signIn', owner: 'tenant_admin', phase: 'assessment', dueDay: 28 },
	policyExcludes: { section: 'signIn', owner: 'tenant_admin', phase: 'assessment', dueDay: 21 },
	policyWeak: { section: 'signIn', owner: 'tenant_admin', phase: 'assessment', dueDay: 28 },
	standingEligible: { section: 'duration', owner: 'tenant_admin', phase: 'cutover', dueDay: 75 },
	policyTooLong: { section: 'places', owner: 'tenant_admin', phase: 'cutover', dueDay: 45 },
	groupUnfit: { section: 'places', owner: 'charter_owner', phase: 'assessment', dueDay: 14 },
	noQuorum: { section: 'approvals', owner: 'security_officer', phase: 'assessment', dueDay: 28 },
	nobodyMay: { section: 'approvals', owner: 'security_officer', phase: 'assessment', dueDay: 28 },
	methodUnknown: {
		section: 'signIn',
		owner: 'tenant_admin',
		phase: 'assessment',
		dueDay: 5,
		isUnknown: true,
	},
	breakGlassUnknown: {
		section: 'signIn',
		owner: 'tenant_admin',
		phase: 'assessment',
		dueDay: 5,
		isUnknown: true,
	},
	policyUnknown: {
		section: 'signIn',
		owner: 'tenant_admin',
		phase: 'assessment',
		dueDay: 5,
		isUnknown: true,
	},
	accountUnknown: {
		section: 'accounts',
		owner: 'tenant_admin',
		phase: 'assessment',
		dueDay: 5,
		isUnknown: true,
	},
	partUnknown: { section: 'places', owner: 'tenant_admin', phase: 'assessment', dueDay: 3, isUnknown: true },
}
