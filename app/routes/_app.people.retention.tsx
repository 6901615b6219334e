import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { Form, Link, useActionData, useLoaderData, useSearchParams } from '@remix-run/react'
import { z } from 'zod'
import { EraseKindsFields, EraseKindsPreview, KindCounts } from '#app/components/erase-kinds.tsx'
import { ErrorSummary } from '#app/components/ui/form.tsx'
import { Icon } from '#app/components/ui/icon.tsx'
import { Table } from '#app/components/ui/table.tsx'
import { Time } from '#app/components/ui/time.tsx'
import type { TextKey } from '#app/messages/create-text.ts'
import { useWords } from '#app/messages/text.tsx'
import type { KindsForm, KindsPreview } from '#app/services/people/erase-kinds.server.ts'
import { requirePermission } from '#app/utils/guards.server.ts'
import { attempted, handled } from '#app/utils/http.server.ts'
import { isFactKind } from '#workflows/people/facts/fact-kinds.ts'
import { titled } from '#app/utils/page-title.ts'

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'record:erase')
	return handled(() => args.context.services.people.retention(actor))
}

const textOf = (value: FormDataEntryValue | null, most: number) =>
	typeof value === 'string' ? value.replaceAll('\0', '').trim().slice(0, most) : ''

export async function action(args: ActionFunctionArgs) {
	const actor = await requirePermission(args, 'record:erase')
	const { people } = args.context.services
	const form = await args.request.formData()
	const chosen: KindsForm = {
		personIds: form.getAll('person').filter((id): id is string => z.uuid().safeParse(id).success),
		kinds: form.getAll('kind').filter((kind) => typeof kind === 'string' && isFactKind(kind)),
		reason: textOf(form.get('reason'), 501),
	}
	const answer = (
		more: { errors?: Record<string, string>; code?: string; preview?: KindsPreview },
		status: number,
	) =>
		data(
			{ errors: more.errors ?? {}, code: more.code ?? null, preview: more.preview ?? null, chosen },
			{ status },
		)
	const shown = async () => {
		const done = await attempted(() => people.previewKinds(actor, chosen))
		return done.ok ? { preview: done.value } : {}
	}
	const isConfirmed = form.get('intent') === 'erase'
	const done = await attempted(async () =>
		isConfirmed
			? (
					await people.eraseKinds(actor, {
						...chosen,
						digest: textOf(form.get('digest'), 64),
						confirmation: textOf(form.get('confirmation'), 12),
					})
				).facts
			: people.previewKinds(actor, chosen),
	)
	if (done.ok)
		return typeof done.value === 'number'
			? redirect(`/people/retention?erased=${done.value}`)
			: answer({ preview: done.value }, 200)
	const { field, problem, code } = done.refusal
	// Whoever was about to confirm sees anew what it comes to by now.
	const again = isConfirmed ? await shown() : {}
	return field === null
		? answer({ code, ...again }, done.status)
		: answer({ errors: { [field]: `errors.${problem ?? code}` }, ...again }, done.status)
}

const NOTHING = { people: [], kinds: [], reason: '' }

export const meta = titled('titles.retention')

export default function RetentionPage() {
	const { t, format } = useWords()
	const { rows, months, isMore } = useLoaderData<typeof loader>()
	const answer = useActionData<typeof action>()
	const [search] = useSearchParams()
	const erased = Number(search.get('erased'))
	const errors = Object.fromEntries(
		Object.entries(answer?.errors ?? {}).map(([id, key]) => [id, t(key as TextKey)]),
	)
	const chosen = answer
		? { people: answer.chosen.personIds, kinds: answer.chosen.kinds, reason: answer.chosen.reason }
		: NOTHING
	const due = months
		.map(({ kind }) => kind)
		.filter((kind) => rows.some((row) => row.due.some((one) => one.kind === kind)))
	return (
		<>
			<p>
				<Link to="/people">{t('people.title')}</Link>
			</p>
			<h1>{t('people.retentionTitle', { count: rows.length })}</h1>
			<ErrorSummary
				errors={errors}
				message={answer?.code ? t(`errors.${answer.code}` as TextKey) : undefined}
			/>
			{erased > 0 && !answer ? (
				<p className="notice notice-good" role="status">
					{t('people.kindsErased', { count: erased })}
				</p>
			) : null}
			<p className="muted">{t('people.retentionLead')}</p>
			{answer?.preview ? (
				<EraseKindsPreview
					key={answer.preview.digest}
					preview={answer.preview}
					chosen={chosen}
					errors={errors}
				/>
			) : null}
			<Form method="post" className="stack" key={JSON.stringify(chosen)}>
				<div id="people">
					<Table
						caption={t('people.retention')}
						rows={rows}
						keyOf={({ personId }) => personId}
						empty={t('people.retentionNone')}
						columns={[
							{
								label: t('people.selected'),
								cell: ({ personId, name }) => (
									<input
										type="checkbox"
										className="row-check"
										name="person"
										value={personId}
										defaultChecked={chosen.people.includes(personId)}
										aria-label={t('people.select', { name })}
									/>
								),
							},
							{
								label: t('people.name'),
								cell: ({ personId, name }) => <Link to={`/people/${personId}`}>{name}</Link>,
							},
							{ label: t('people.leftAt'), cell: ({ leftAt }) => <Time at={leftAt} dateOnly /> },
							{ label: t('people.dueKinds'), cell: (row) => <KindCounts kinds={row.due} /> },
							{
								label: t('people.allDue'),
								cell: ({ personId, isAllDue, allDueAt }) =>
									isAllDue ? (
										<Link to={`/people/${personId}/erase`}>
											<Icon name="person" /> {t('people.erasePreview')}
										</Link>
									) : (
										t('people.notYet', { date: format.date(allDueAt) })
									),
							},
						]}
					/>
				</div>
				{rows.length > 0 ? <EraseKindsFields due={due} chosen={chosen} errors={errors} /> : null}
			</Form>
			{isMore ? <p className="notice">{t('people.retentionMore')}</p> : null}
			<section className="card">
				<h2>{t('people.retentionRules')}</h2>
				<dl className="facts">
					{months.map(({ kind, months: count }) => (
						<div key={kind} className="facts-row">
							<dt>{t(`facts.kinds_${kind}`)}</dt>
							<dd>{format.months(count)}</dd>
						</div>
					))}
				</dl>
			</section>
		</>
	)
}
