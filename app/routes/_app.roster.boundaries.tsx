import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { useActionData, useLoaderData, useSearchParams } from '@remix-run/react'
import type { z } from 'zod'
import { BoundaryCard } from '#app/components/boundary-card.tsx'
import { BoundaryForm } from '#app/components/boundary-form.tsx'
import { ErrorSummary } from '#app/components/ui/form.tsx'
import type { TextKey } from '#app/messages/create-text.ts'
import { useWords } from '#app/messages/text.tsx'
import type { Actor } from '#app/services/actor.ts'
import type { Services } from '#app/services/services.ts'
import { parseForm } from '#app/utils/form.server.ts'
import { requirePermission } from '#app/utils/guards.server.ts'
import { attempted, handled } from '#app/utils/http.server.ts'
import { titled } from '#app/utils/page-title.ts'
import { daysOf, rosterForms } from '#app/utils/roster-forms.server.ts'
import { rosterQueryOf } from '#app/utils/roster-query.server.ts'
import type { Weekday } from '#workflows/lockbox/shifts.ts'

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'forecast:read')
	return handled(async () => {
		const { zone } = rosterQueryOf(args.request)
		const view = await args.context.services.roster.show(actor, { zone, row: null, absent: null })
		const { boundaries, mayManage, maySeePeople } = view
		return { boundaries, mayManage, maySeePeople, zone }
	})
}

const DONE = {
	boundary: 'boundary',
	change: 'change',
	close: 'close',
	holder: 'holder',
	end: 'end',
	weekly: 'shift',
	once: 'shift',
	remove: 'remove',
} as const
const DONE_TEXTS: readonly string[] = Object.values(DONE)

export async function action(args: ActionFunctionArgs) {
	const actor = await requirePermission(args, 'roster:manage')
	const form = await args.request.formData()
	const days = daysOf(form)
	const read = parseForm(form, rosterForms)
	if (!read.ok) return data({ errors: read.errors, sent: read.sent, days }, { status: 422 })
	const done = await attempted(() => perform(args.context.services.roster, actor, read.value, days))
	if (done.ok) return redirect(`/roster/boundaries?done=${DONE[read.value.intent]}`)
	const { field, problem, code } = done.refusal
	const isTwice = code === 'DUPLICATE' && read.value.intent === 'holder'
	const text = isTwice ? 'errors.holderTwice' : `errors.${problem ?? code}`
	return data({ errors: { [field ?? 'form']: text }, sent: read.sent, days }, { status: done.status })
}

async function perform(
	roster: Services['roster'],
	actor: Actor,
	wanted: z.infer<typeof rosterForms>,
	days: readonly Weekday[],
): Promise<unknown> {
	switch (wanted.intent) {
		case 'boundary':
			return roster.recordBoundary(actor, wanted)
		case 'change':
			return roster.changeBoundary(actor, wanted.boundaryId, wanted.holdersNeeded)
		case 'close':
			return roster.closeBoundary(actor, wanted.boundaryId)
		case 'holder':
			return roster.recordHolder(actor, wanted)
		case 'end':
			return roster.endHolder(actor, wanted.holderId)
		case 'weekly':
			return roster.recordShift(actor, { ...wanted, kind: 'weekly', days })
		case 'once':
			return roster.recordShift(actor, wanted)
		case 'remove':
			return roster.removeShift(actor, wanted.shiftId)
	}
}

export const meta = titled('titles.rosterBoundaries')

export default function BoundariesPage() {
	const { t } = useWords()
	const [search] = useSearchParams()
	const { boundaries, mayManage, zone } = useLoaderData<typeof loader>()
	const answer = useActionData<typeof action>()
	const errors = Object.fromEntries(
		Object.entries(answer?.errors ?? {}).map(([field, text]) => [field, t(text as TextKey)]),
	)
	const { form: formError, ...fields } = errors
	const sent = answer?.sent ?? {}
	const done = search.get('done') ?? ''
	return (
		<>
			<h1>{t('roster.boundariesTitle', { count: boundaries.length })}</h1>
			<p className="lede">{t('roster.boundariesLead')}</p>
			<ErrorSummary errors={fields} message={formError} />
			{DONE_TEXTS.includes(done) && !answer ? (
				<p className="notice notice-good" role="status">
					{t(`roster.done_${done}` as TextKey)}
				</p>
			) : null}
			{boundaries.map((boundary) => (
				<BoundaryCard
					// What was taken leaves its form; what was refused stays in it.
					key={`${boundary.id} ${boundary.holdings?.length} ${boundary.shifts?.length} ${boundary.holdersNeeded}`}
					boundary={boundary}
					mayManage={mayManage}
					zone={zone}
					// What was sent belongs to one boundary, and its errors stand at the fields of that one.
					answer={
						sent.boundaryId === boundary.id ? { sent, days: answer?.days ?? [], errors: fields } : NO_ANSWER
					}
				/>
			))}
			{mayManage ? (
				<BoundaryForm
					key={boundaries.map(({ id }) => id).join(' ')}
					sent={sent.intent === 'boundary' ? sent : {}}
					errors={sent.intent === 'boundary' ? fields : {}}
				/>
			) : null}
		</>
	)
}

const NO_ANSWER = { sent: {}, days: [], errors: {} }
