import { data, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { useActionData, useLoaderData } from '@remix-run/react'
import { BadgeForm } from '#app/components/badge-form.tsx'
import { FacilityCards } from '#app/components/facility-cards.tsx'
import { FeedCredentialsNotice } from '#app/components/feed-credentials.tsx'
import { FeedForms } from '#app/components/feed-forms.tsx'
import { FeedTable, UnknownBadges } from '#app/components/feed-table.tsx'
import { ErrorSummary } from '#app/components/ui/form.tsx'
import { useWords } from '#app/messages/text.tsx'
import type { TextKey } from '#app/messages/create-text.ts'
import type { FeedCredentials } from '#app/services/presence/manage-feeds.server.ts'
import { facilityForms } from '#app/utils/facility-forms.server.ts'
import { parseForm } from '#app/utils/form.server.ts'
import { requirePermission } from '#app/utils/guards.server.ts'
import { attempted, handled, type Refusal } from '#app/utils/http.server.ts'
import type { FeedProblem } from '#workflows/facilities/badge-feed.schema.ts'
import { titled } from '#app/utils/page-title.ts'

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'presence:manage')
	return handled(() => args.context.services.presence.show(actor))
}

const SHOWN_PROBLEMS = 200
const nothing = {
	errors: {} as Record<string, string>,
	sent: {} as Record<string, string>,
	credentials: null as FeedCredentials | null,
	taken: null as { stored: number; duplicates: number; unknownBadges: number } | null,
	problems: [] as FeedProblem[],
	problemCount: 0,
	unreadable: null as string | null,
	done: null as TextKey | null,
}

export async function action(args: ActionFunctionArgs) {
	const actor = await requirePermission(args, 'presence:manage')
	const { presence } = args.context.services
	const form = await args.request.formData()
	const refused = (errors: Record<string, string>, sent: Record<string, string>, status = 422) =>
		data({ ...nothing, errors, sent }, { status })
	const failed = (
		done: { refusal: Pick<Refusal, 'code' | 'field' | 'problem'>; status: number },
		sent: Record<string, string>,
	) =>
		refused(
			{
				[done.refusal.field ?? 'form']:
					done.refusal.problem === 'UNKNOWN_PERSON'
						? 'facilities.personUnknown'
						: `errors.${done.refusal.code}`,
			},
			sent,
			done.status,
		)
	const intent = form.get('intent')
	switch (typeof intent === 'string' ? intent : '') {
		case 'create': {
			const read = parseForm(form, facilityForms.create)
			if (!read.ok) return refused(read.errors, read.sent)
			const facilities = form.getAll('facilities').map(String)
			const done = await attempted(() => presence.createFeed(actor, { ...read.value, facilities }))
			return done.ok ? data({ ...nothing, credentials: done.value }) : failed(done, read.sent)
		}
		case 'key': {
			const read = parseForm(form, facilityForms.key)
			if (!read.ok) return refused(read.errors, read.sent)
			const { feedId, overlap } = read.value
			const done = await attempted(() => presence.changeFeedKey(actor, feedId, overlap))
			return done.ok ? data({ ...nothing, credentials: done.value }) : failed(done, read.sent)
		}
		case 'stop': {
			const read = parseForm(form, facilityForms.stop)
			if (!read.ok) return refused(read.errors, read.sent)
			const done = await attempted(() => presence.stopFeed(actor, read.value.feedId))
			return done.ok ? data({ ...nothing, done: 'facilities.stopped' as const }) : failed(done, read.sent)
		}
		case 'upload': {
			const read = parseForm(form, facilityForms.upload)
			if (!read.ok) return refused(read.errors, read.sent)
			const { feedId, events } = read.value
			const format = /^[[{]/.test(events) ? 'json' : 'csv'
			const done = await attempted(() => presence.upload(actor, feedId, events, format))
			if (!done.ok) return failed(done, read.sent)
			switch (done.value.outcome) {
				case 'taken':
					return data({ ...nothing, taken: done.value })
				case 'unreadable':
					return data({ ...nothing, sent: read.sent, unreadable: done.value.message }, { status: 422 })
				case 'refused': {
					const problems = done.value.problems.slice(0, SHOWN_PROBLEMS)
					return data(
						{ ...nothing, sent: read.sent, problems, problemCount: done.value.problems.length },
						{ status: 422 },
					)
				}
			}
			break
		}
		case 'badge': {
			const read = parseForm(form, facilityForms.badge)
			if (!read.ok) return refused(read.errors, read.sent)
			const { person, number, issuedAt } = read.value
			const done = await attempted(() =>
				presence.issueBadge(actor, { userPrincipalName: person, number, issuedAt: issuedAt ?? new Date(0) }),
			)
			return done.ok ? data({ ...nothing, done: 'facilities.issued' as const }) : failed(done, read.sent)
		}
	}
	return refused({ form: 'errors.INVALID_INPUT' }, {}, 400)
}

export const meta = titled('titles.facilities')

export default function FacilitiesPage() {
	const { t } = useWords()
	const { facilities, feeds, unknown } = useLoaderData<typeof loader>()
	const answer = useActionData<typeof action>()
	const errors = Object.fromEntries(
		Object.entries(answer?.errors ?? {}).map(([field, text]) => [field, t(text as TextKey)]),
	)
	const { form: formError, ...fields } = errors
	return (
		<>
			<h1>{t('facilities.title')}</h1>
			<p className="lede">{t('facilities.intro')}</p>
			<ErrorSummary errors={fields} message={formError} />
			{answer?.credentials ? <FeedCredentialsNotice credentials={answer.credentials} /> : null}
			{answer?.done ? (
				<p className="notice notice-good" role="status">
					{t(answer.done)}
				</p>
			) : null}
			<FacilityCards facilities={facilities} />
			<section className="stack">
				<h2>{t('facilities.feeds')}</h2>
				<FeedTable feeds={feeds} />
				<FeedForms
					facilities={facilities}
					feeds={feeds.filter(({ endedAt }) => endedAt === null)}
					answer={answer ?? nothing}
					errors={fields}
				/>
			</section>
			<section className="stack">
				<h2>{t('facilities.unknown')}</h2>
				<UnknownBadges unknown={unknown} />
				<BadgeForm sent={answer?.sent ?? {}} errors={fields} />
			</section>
		</>
	)
}
