import { Form } from '@remix-run/react'
import type { KindsPreview as Preview, KindsRow } from '#app/services/people/erase-kinds.server.ts'
import type { DueKind } from '#app/services/people/show-retention.server.ts'
import type { TextKey } from '#app/messages/create-text.ts'
import { useWords } from '#app/messages/text.tsx'
import type { FactKind } from '#workflows/people/facts/fact-kinds.ts'
import { Button, Field, type FormErrors } from './ui/form.tsx'
import { Icon } from './ui/icon.tsx'
import { Table } from './ui/table.tsx'

type Chosen = { people: readonly string[]; kinds: readonly FactKind[]; reason: string }

/** Kinds with how many facts of each there are. */
export function KindCounts({ kinds }: { kinds: readonly DueKind[] }) {
	const { t } = useWords()
	return kinds
		.map(({ kind, facts }) => t('people.factsOf', { kind: t(`facts.kinds_${kind}`), facts }))
		.join(', ')
}

/** Which kinds to erase of the people chosen above, and why; sending it shows what that comes to, and erases nothing. */
export function EraseKindsFields({
	due,
	chosen,
	errors,
}: {
	/** Kinds that are over for anybody in the list. */
	due: readonly FactKind[]
	chosen: Chosen
	errors: FormErrors
}) {
	const { t } = useWords()
	return (
		<section className="card stack">
			<h2>{t('people.kindsTitle')}</h2>
			<p className="muted">{t('people.kindsLead')}</p>
			<fieldset
				className="stack stack-tight"
				id="kinds"
				aria-describedby={errors.kinds ? 'kinds-error' : undefined}
			>
				<legend>
					<strong>{t('people.kindsKinds')}</strong>
				</legend>
				{errors.kinds ? (
					<p className="error" id="kinds-error">
						{errors.kinds}
					</p>
				) : null}
				<div className="fields">
					{due.map((kind) => (
						<label key={kind} className="choice">
							<input type="checkbox" name="kind" value={kind} defaultChecked={chosen.kinds.includes(kind)} />
							<span>{t(`facts.kinds_${kind}`)}</span>
						</label>
					))}
				</div>
			</fieldset>
			<Field
				id="reason"
				label={t('people.kindsReason')}
				hint={t('people.kindsReasonHint')}
				error={errors.reason}
			>
				{(aria) => (
					<textarea className="input" rows={2} maxLength={500} defaultValue={chosen.reason} {...aria} />
				)}
			</Field>
			<p>
				<Button look="plain">{t('people.kindsPreview')}</Button>
			</p>
		</section>
	)
}

/** What erasing comes to, person by person, and the one confirmation for all of whom something can be erased. */
export function EraseKindsPreview({
	preview,
	chosen,
	errors,
}: {
	preview: Preview
	chosen: Chosen
	errors: FormErrors
}) {
	const { t } = useWords()
	const clean = preview.rows.filter(({ problem }) => problem === null)
	return (
		<section className="card card-signing stack">
			<h2>{t('people.kindsPreviewTitle')}</h2>
			<Table
				caption={t('people.kindsPreviewTitle')}
				rows={[...preview.rows].sort(
					(a, b) => Number(a.problem === null) - Number(b.problem === null) || a.name.localeCompare(b.name),
				)}
				keyOf={({ personId }) => personId}
				empty={t('people.kindsNone')}
				columns={[
					{ label: t('people.name'), cell: ({ name }) => name },
					{ label: t('people.kindsResult'), cell: (row) => <Result row={row} /> },
				]}
			/>
			{clean.length === 0 ? (
				<p className="notice notice-bad">{t('people.kindsNone')}</p>
			) : (
				<Form method="post" className="stack">
					<input type="hidden" name="intent" value="erase" />
					<input type="hidden" name="digest" value={preview.digest} />
					<input type="hidden" name="reason" value={chosen.reason} />
					{clean.map(({ personId }) => (
						<input key={personId} type="hidden" name="person" value={personId} />
					))}
					{chosen.kinds.map((kind) => (
						<input key={kind} type="hidden" name="kind" value={kind} />
					))}
					<Field
						id="confirmation"
						label={t('people.kindsConfirm', { facts: preview.facts })}
						error={errors.confirmation}
					>
						{(aria) => (
							<input
								className="input"
								inputMode="numeric"
								autoComplete="off"
								maxLength={12}
								required
								{...aria}
							/>
						)}
					</Field>
					<p>
						<Button look="danger">{t('people.kindsButton')}</Button>
					</p>
				</Form>
			)}
		</section>
	)
}

function Result({ row: { problem, ties, kinds, groups, judgements } }: { row: KindsRow }) {
	const { t } = useWords()
	if (problem !== null)
		return (
			<>
				<span className="badge badge-refused badge-wraps">
					<Icon name="cross" />
					{t('people.kindsInTheWay', { problem: t(`errors.${problem}`) })}
				</span>
				{problem === 'PERSON_IN_USE' ? (
					<ul className="bullets small">
						{Object.entries(ties)
							.filter(([, count]) => count > 0)
							.map(([tie, count]) => (
								<li key={tie}>{t(`erasure.${tie}` as TextKey, { count })}</li>
							))}
					</ul>
				) : null}
			</>
		)
	return (
		<>
			<KindCounts kinds={kinds} />
			<br />
			<span className="muted small">
				{t('people.kindsGroups', { count: groups })}
				{judgements > 0 ? ` · ${t('people.kindsJudged', { count: judgements })}` : null}
				{kinds.some(({ kind }) => kind === 'clearance') ? ` · ${t('people.kindsCases')}` : null}
			</span>
		</>
	)
}
