import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { Link, useActionData, useLoaderData, useSearchParams } from '@remix-run/react'
import { z } from 'zod'
import { SuspensionEffects } from '#app/components/suspension-effects.tsx'
import { SuspensionForm, SuspensionSignPanel } from '#app/components/suspension-form.tsx'
import { ErrorSummary } from '#app/components/ui/form.tsx'
import { Icon } from '#app/components/ui/icon.tsx'
import { Time } from '#app/components/ui/time.tsx'
import { type Text, type TextKey } from '#app/messages/create-text.ts'
import { useWords } from '#app/messages/text.tsx'
import type { SuspensionView } from '#app/services/suspension/views.ts'
import { readAssertionForm } from '#app/utils/ceremony-form.server.ts'
import { parseForm } from '#app/utils/form.server.ts'
import { requirePermission } from '#app/utils/guards.server.ts'
import { attempted, handled, parseParams, type Refusal } from '#app/utils/http.server.ts'
import { useLive } from '#app/utils/use-live.ts'
import { titled } from '#app/utils/page-title.ts'

const paramsSchema = z.object({ personId: z.uuid() })
const step = z.enum(['suspend', 'propose_lift', 'confirm_lift'], 'errors.INVALID_INPUT')
const prepareSchema = z
	.object({ step, reason: z.string().trim().max(500, 'errors.reasonLong').default('') })
	.refine(({ step: taken, reason }) => taken === 'confirm_lift' || reason.length >= 10, {
		path: ['reason'],
		message: 'errors.reasonShort',
	})
const signSchema = z.object({ step })

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'people:read')
	return handled(async () => {
		const { personId } = parseParams(paramsSchema, args.params)
		return { view: await args.context.services.suspension.show(actor, personId) }
	})
}

const NO_TEXT: Record<string, string> = {}
const nothing = { prepared: null, refusal: null as Refusal | null, errors: NO_TEXT, sent: NO_TEXT }

export async function action(args: ActionFunctionArgs) {
	const actor = await requirePermission(args, 'people:suspend')
	const { suspension } = args.context.services
	const { personId } = parseParams(paramsSchema, args.params)
	const form = await args.request.formData()
	switch (form.get('intent')) {
		case 'prepare': {
			const read = parseForm(form, prepareSchema)
			if (!read.ok) return data({ ...nothing, errors: read.errors, sent: read.sent }, { status: 422 })
			const prepared = await attempted(() => suspension.prepare(actor, { personId, ...read.value }))
			return prepared.ok
				? data({ ...nothing, prepared: prepared.value, sent: read.sent })
				: data({ ...nothing, refusal: prepared.refusal, sent: read.sent }, { status: prepared.status })
		}
		case 'sign': {
			const read = parseForm(form, signSchema)
			if (!read.ok) return data({ ...nothing, errors: read.errors }, { status: 422 })
			const signed = await attempted(async () =>
				suspension.sign(actor, { personId, step: read.value.step, ...readAssertionForm(form) }),
			)
			return signed.ok
				? redirect(`/people/${personId}/suspension?signed`)
				: data({ ...nothing, refusal: signed.refusal }, { status: signed.status })
		}
		default:
			return data({ ...nothing, errors: { form: 'errors.INVALID_INPUT' } }, { status: 400 })
	}
}

export const meta = titled('titles.personSuspension')

export default function SuspensionPage() {
	const { t } = useWords()
	const { view } = useLoaderData<typeof loader>()
	const answer = useActionData<typeof action>()
	const [search] = useSearchParams()
	const { current, preview, person } = view
	const open = openEffects(view)
	useLive(answer !== undefined || open.length === 0 ? null : 1500)
	const errors = Object.fromEntries(
		Object.entries(answer?.errors ?? {}).map(([id, key]) => [id, t(key as TextKey)]),
	)
	const { prepared = null, refusal = null } = answer ?? {}
	return (
		<>
			<p>
				<Link to={`/people/${person.id}`}>{person.name}</Link>
			</p>
			<h1 aria-live="polite">{headline(view, open.length, t)}</h1>
			<ErrorSummary errors={errors} message={refusal ? t(`errors.${refusal.code}`) : undefined} />
			{search.has('signed') && !answer ? <p className="notice notice-good">{t('suspension.done')}</p> : null}
			<div className="columns">
				<div className="stack">
					{prepared ? (
						<SuspensionSignPanel name={person.name} reason={answer?.sent.reason ?? ''} prepared={prepared} />
					) : null}
					{current !== null ? (
						<section className="stack">
							<h2>{t('suspension.effects')}</h2>
							<SuspensionEffects effects={current.effects} />
						</section>
					) : null}
					{!prepared && preview !== null ? (
						<SuspendCard view={view} preview={preview} errors={errors} sent={answer?.sent ?? NO_TEXT} />
					) : null}
				</div>
				<aside className="stack">
					{current !== null ? <Facts current={current} /> : null}
					{!prepared && current?.liftedAt === null ? (
						<LiftCard view={view} current={current} errors={errors} sent={answer?.sent ?? NO_TEXT} />
					) : null}
					{view.earlier > 0 ? (
						<p className="muted">{t('suspension.earlier', { count: view.earlier })}</p>
					) : null}
				</aside>
			</div>
		</>
	)
}

type Forms = { view: SuspensionView; errors: Record<string, string>; sent: Record<string, string> }

function SuspendCard({
	view: { step: taken, isSelf, current },
	preview,
	errors,
	sent,
}: Forms & { preview: NonNullable<SuspensionView['preview']> }) {
	const { t } = useWords()
	const { requests, lockboxes, grants, hasDuty, officersLeft, officersNeeded, ownersLeft, ownersNeeded } =
		preview
	if (taken !== 'suspend') return <p className="muted">{t(isSelf ? 'suspension.self' : 'suspension.none')}</p>
	return (
		<section className="card stack">
			{current === null ? null : <h2>{t('suspension.again')}</h2>}
			<p>{t('suspension.lead')}</p>
			<h2>{t('suspension.what')}</h2>
			<ul className="bullets">
				{grants > 0 ? <li>{t('suspension.grants', { count: grants })}</li> : null}
				{requests > 0 ? <li>{t('suspension.requests', { count: requests })}</li> : null}
				{lockboxes > 0 ? <li>{t('suspension.lockboxes', { count: lockboxes })}</li> : null}
				{grants + requests + lockboxes === 0 ? <li>{t('suspension.nothingOpen')}</li> : null}
				<li>{t('suspension.sessions')}</li>
			</ul>
			{hasDuty.officer && officersLeft < officersNeeded ? (
				<p className="notice notice-alarm">
					<Icon name="alarm" /> {t('suspension.lastOfficer', { count: officersLeft, needed: officersNeeded })}
				</p>
			) : null}
			{hasDuty.owner && ownersLeft < ownersNeeded ? (
				<p className="notice notice-alarm">
					<Icon name="alarm" /> {t('suspension.lastOwner', { count: ownersLeft, needed: ownersNeeded })}
				</p>
			) : null}
			<SuspensionForm step="suspend" errors={errors} sent={sent} />
		</section>
	)
}

function LiftCard({
	view: { step: taken, isSelf },
	current: { lift },
	errors,
	sent,
}: Forms & { current: NonNullable<SuspensionView['current']> }) {
	const { t } = useWords()
	return (
		<section className="card stack">
			<h2>{t('suspension.lift')}</h2>
			<p className="muted">{t('suspension.liftLead')}</p>
			{lift === null ? null : (
				<p>
					{t('suspension.proposed', { name: lift.by, reason: lift.reason })} · <Time at={lift.at} />
				</p>
			)}
			{lift?.isOwn === true ? <p className="notice">{t('suspension.waitsForOther')}</p> : null}
			{isSelf ? <p className="notice">{t('suspension.self')}</p> : null}
			{taken === 'propose_lift' || taken === 'confirm_lift' ? (
				<SuspensionForm step={taken} errors={errors} sent={sent} />
			) : null}
		</section>
	)
}

function Facts({ current }: { current: NonNullable<SuspensionView['current']> }) {
	const { t } = useWords()
	const { lift } = current
	return (
		<section className="card">
			<h2>{t('suspension.facts')}</h2>
			<dl className="facts">
				<dt>{t('suspension.since')}</dt>
				<dd>
					<Time at={current.at} />
				</dd>
				<dt>{t('suspension.by')}</dt>
				<dd>{current.by}</dd>
				<dt>{t('suspension.reason')}</dt>
				<dd>{current.reason === '' ? '–' : current.reason}</dd>
				{current.liftedAt === null || lift?.confirmedBy === undefined ? null : (
					<>
						<dt>{t('suspension.lifted')}</dt>
						<dd>
							{t('suspension.liftedBy', { first: lift.by, second: lift.confirmedBy ?? '' })},{' '}
							<Time at={current.liftedAt} />
						</dd>
					</>
				)}
			</dl>
			<p className="small">
				{current.entryIndex === null ? (
					<span className="muted">{t('requests.entryPending')}</span>
				) : (
					<Link to={`/record/${current.entryIndex}`}>
						{t('requests.entry', { index: current.entryIndex })}
					</Link>
				)}
			</p>
		</section>
	)
}

const openEffects = ({ current }: SuspensionView) =>
	current?.liftedAt === null ? current.effects.filter(({ state }) => state !== 'done') : []

/** The state of the suspension as one sentence: what an officer must know before anything else. */
function headline(view: SuspensionView, open: number, t: Text): string {
	const { current, person } = view
	const { name } = person
	if (current === null) return t('suspension.title', { name })
	if (current.liftedAt !== null) return t('suspension.headLifted', { name })
	if (openEffects(view).some(({ state }) => state === 'alarm')) return t('suspension.headAlarm', { name })
	return open > 0 ? t('suspension.headRunning', { name, count: open }) : t('suspension.headDone', { name })
}
