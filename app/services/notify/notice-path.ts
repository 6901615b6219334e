import type { NoticeSubject } from '#workflows/notify/notice-kinds.ts'

type About = { requestId: string | null; subject: NoticeSubject | null; subjectId: string | null }

const PAGES: Readonly<Record<NoticeSubject, string>> = {
	case: '/vetting',
	amendment: '/charter/amendments',
	person: '/people',
	finding: '/findings',
	review: '/break-glass',
	lockbox: '/lockbox',
	roster: '/roster',
	delivery: '/delivery',
	tenant: '/people/entra',
}
/** These have one page for all. */
const WITHOUT_ID = new Set<NoticeSubject>(['roster', 'delivery', 'tenant'])

/** Where what a notice is about is shown; the inbox where it is about nothing in particular. */
export function noticePath({ requestId, subject, subjectId }: About): string {
	if (requestId !== null) return `/requests/${requestId}`
	if (subject === null) return '/inbox'
	const page = PAGES[subject]
	return subjectId === null || WITHOUT_ID.has(subject) ? page : `${page}/${subjectId}`
}
