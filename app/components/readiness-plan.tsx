import { Form } from '@remix-run/react'
import { useWords } from '#app/messages/text.tsx'
import { taskInWords, type Titles } from '#app/messages/readiness-in-words.ts'
import type { ReadinessView, TaskView } from '#app/services/readiness/views.ts'
import { Button, Field, type FormErrors } from './ui/form.tsx'
import { Table } from './ui/table.tsx'
import { Time } from './ui/time.tsx'

type Sent = Readonly<Record<string, string>>

/** The plan: what is due, who does it, and how it stands. Whoever may changes a task where it stands. */
export function ReadinessPlan({
	view: { tasks, owners, mayManage, titles },
	errors,
	sent,
}: {
	view: Pick<ReadinessView, 'tasks' | 'owners' | 'mayManage' | 'titles'>
	errors: FormErrors
	sent: Sent
}) {
	const { t } = useWords()
	return (
		<section className="stack">
			<h2 id="plan">{t('readiness.plan')}</h2>
			<p className="muted">{t('readiness.planHint')}</p>
			{tasks.length === 0 ? null : (
				<p className="no-print">
					<a className="button" href="/readiness-plan.csv" download>
						{t('readiness.planCsv')}
					</a>
				</p>
			)}
			{/* One list for the fields of all tasks. */}
			{mayManage ? (
				<datalist id="plan-people">
					{owners.map(({ id, name }) => (
						<option key={id} value={name} />
					))}
				</datalist>
			) : null}
			<Table
				caption={t('readiness.plan')}
				rows={tasks}
				keyOf={({ id }) => id}
				empty={t('readiness.none')}
				columns={[
					{ label: t('readiness.due'), cell: (task) => <Due task={task} /> },
					{ label: t('readiness.task'), cell: (task) => <What task={task} titles={titles} /> },
					{ label: t('readiness.owner'), cell: (task) => <Who task={task} /> },
					{ label: t('readiness.done'), cell: (task) => <State task={task} /> },
					...(mayManage
						? [
								{
									label: t('readiness.change'),
									isOnScreenOnly: true,
									cell: (task: TaskView) =>
										// What is mended is nobody's task any more, until a report finds it again.
										task.mendedAt === null ? (
											<Change
												task={task}
												errors={sent.id === task.id ? errors : {}}
												sent={sent.id === task.id ? sent : {}}
											/>
										) : null,
								},
							]
						: []),
				]}
			/>
		</section>
	)
}

function Due({ task: { dueOn, isOverdue } }: { task: TaskView }) {
	const { t } = useWords()
	return (
		<>
			<Time at={`${dueOn}T12:00:00.000Z`} dateOnly />
			{isOverdue ? <strong className="error"> {t('readiness.overdue')}</strong> : null}
		</>
	)
}

function What({ task, titles }: { task: TaskView; titles: Titles }) {
	const { t } = useWords()
	return (
		<>
			{taskInWords(t, task, titles)}
			<br />
			<span className="muted small">{t(`readiness.phase_${task.phase}`)}</span>
			{task.note === '' ? null : (
				<>
					<br />
					<span className="small">{task.note}</span>
				</>
			)}
		</>
	)
}

const DUTIES = ['tenant_admin', 'security_officer', 'charter_owner', 'person'] as const

function Who({ task: { owner, duty } }: { task: TaskView }) {
	const { t } = useWords()
	const known = DUTIES.find((one) => one === duty)
	return (
		<>
			{owner === null ? <span className="muted">{t('readiness.nobodyYet')}</span> : owner.name}
			{known === undefined ? null : (
				<>
					<br />
					<span className="muted small">{t(`readiness.owner_${known}`)}</span>
				</>
			)}
		</>
	)
}

function State({ task: { done, mendedAt } }: { task: TaskView }) {
	const { t, format } = useWords()
	if (done !== null) return <>{t('readiness.doneBy', { at: format.date(done.at), name: done.by })}</>
	return <>{t(mendedAt === null ? 'readiness.open' : 'readiness.mended')}</>
}

function Change({ task, errors, sent }: { task: TaskView; errors: FormErrors; sent: Sent }) {
	const { t } = useWords()
	const id = (name: string) => `${name}-${task.id}`
	return (
		<details open={sent.id === task.id}>
			<summary>{t('readiness.change')}</summary>
			<Form method="post" className="stack" preventScrollReset>
				<input type="hidden" name="intent" value="task" />
				<input type="hidden" name="id" value={task.id} />
				<input type="hidden" name="version" value={task.version} />
				<Field
					id={id('owner')}
					label={t('readiness.assignee')}
					hint={t('readiness.assigneeHint')}
					error={errors.owner}
				>
					{(aria) => (
						<input
							{...aria}
							className="input"
							name="owner"
							list="plan-people"
							autoComplete="off"
							maxLength={300}
							defaultValue={sent.owner ?? task.owner?.name ?? ''}
						/>
					)}
				</Field>
				<Field id={id('dueOn')} label={t('readiness.due')} error={errors.dueOn}>
					{(aria) => (
						<input
							{...aria}
							className="input"
							type="date"
							name="dueOn"
							required
							defaultValue={sent.dueOn ?? task.dueOn}
						/>
					)}
				</Field>
				<Field id={id('note')} label={t('readiness.note')} hint={t('readiness.noteHint')} error={errors.note}>
					{(aria) => (
						<textarea
							{...aria}
							className="input"
							name="note"
							rows={2}
							maxLength={2000}
							defaultValue={sent.note ?? task.note}
						/>
					)}
				</Field>
				<label className="row">
					<input
						type="checkbox"
						name="isDone"
						value="yes"
						defaultChecked={sent.id === task.id ? sent.isDone === 'yes' : task.done !== null}
					/>
					{t('readiness.isDone')}
				</label>
				<div>
					<Button look="small">{t('readiness.save')}</Button>
				</div>
			</Form>
		</details>
	)
}
