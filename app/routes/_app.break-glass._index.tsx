import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { Link, useActionData, useLoaderData } from '@remix-run/react'
import { z } from 'zod'
import {
	BarredRoles,
	BreakGlassForm,
	BreakGlassMeaning,
	BreakGlassSignPanel,
	isFree,
} from '#app/components/break-glass-form.tsx'
import { BreakGlassTable } from '#app/components/break-glass-table.tsx'
import { DecisionReasons } from '#app/components/decision-reasons.tsx'
import { ErrorSummary } from '#app/components/ui/form.tsx'
import { Icon } from '#app/components/ui/icon.tsx'
import { type Text, type TextKey } from '#app/messages/create-text.ts'
import { useWords } from '#app/messages/text.tsx'
import type { DebtView, StandingView } from '#app/services/break-glass/views.ts'
import { readAssertionForm } from '#app/utils/ceremony-form.server.ts'
import { parseForm } from '#app/utils/form.server.ts'
import { requireActor } from '#app/utils/guards.server.ts'
import { attempted, handled, queryOf, type Refusal } from '#app/utils/http.server.ts'
import { titled } from '#app/utils/page-title.ts'

const formSchema = z.object({
	role: z.string().min(1, 'errors.chooseRole').max(64, 'errors.chooseRole'),
	reason: z.string().trim().min(10, 'errors.reasonShort').max(500, 'errors.reasonLong'),
	ticket: z.string().trim().min(1, 'errors.required').max(60, 'errors.TICKET_MALFORMED'),
	durationMinutes: z.coerce
		.number('errors.required')
		.int('errors.required')
		.min(1, 'errors.required')
		.max(1440, 'errors.DURATION_TOO_LONG'),
})

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requireActor(args)
	const { breakGlass } = args.context.services
	const before = Number(queryOf(args.request)('before'))
	return handled(async () => ({
		standing: await breakGlass.standing(actor),
		list: await breakGlass.uses(actor, Number.isSafeInteger(before) && before > 0 ? { before } : {}),
		mayAll: actor.permissions.has('break_glass:read_all'),
		mayAsk: actor.permissions.has('request:file'),
	}))
}

const NO_TEXT: Record<string, string> = {}
const nothing = { prepared: null, refusal: null as Refusal | null, errors: NO_TEXT, sent: NO_TEXT }

export async function action(args: ActionFunctionArgs) {
	const actor = await requireActor(args)
	const { breakGlass } = args.context.services
	const form = await args.request.formData()
	switch (form.get('intent')) {
		case 'prepare': {
			const read = parseForm(form, formSchema)
			if (!read.ok) return data({ ...nothing, errors: read.errors, sent: read.sent }, { status: 422 })
			const { durationMinutes, ...rest } = read.value
			const prepared = await attempted(() =>
				breakGlass.prepareUse(actor, { ...rest, durationSeconds: durationMinutes * 60 }),
			)
			return prepared.ok
				? data({ ...nothing, prepared: prepared.value, sent: read.sent })
				: data({ ...nothing, refusal: prepared.refusal, sent: read.sent }, { status: prepared.status })
		}
		case 'sign': {
			const signed = await attempted(async () => breakGlass.use(actor, readAssertionForm(form)))
			return signed.ok
				? redirect(`/break-glass/${signed.value.useId}?signed`)
				: data({ ...nothing, refusal: signed.refusal }, { status: signed.status })
		}
		default:
			return data({ ...nothing, errors: { form: 'errors.INVALID_INPUT' } }, { status: 400 })
	}
}

export const meta = titled('titles.breakGlass')

export default function BreakGlassPage() {
	const { t } = useWords()
	const { standing, list, mayAll, mayAsk } = useLoaderData<typeof loader>()
	const answer = useActionData<typeof action>()
	const { prepared = null, refusal = null, sent = NO_TEXT } = answer ?? {}
	const errors = Object.fromEntries(
		Object.entries(answer?.errors ?? {}).map(([id, key]) => [id, t(key as TextKey)]),
	)
	const mayNow = standing.isUser && standing.debts.length === 0 && !standing.isBehind
	return (
		<>
			<h1>{headline(standing, t)}</h1>
			<ErrorSummary
				errors={errors}
				message={
					refusal
						? refusal.code === 'RECORD_BACKLOG'
							? t('breakGlass.behind')
							: t(`errors.${refusal.code}`, refusal.numbers)
						: undefined
				}
			/>
			{refusal && refusal.denials.length > 0 ? (
				<div className="card">
					<DecisionReasons clauses={refusal.denials} />
				</div>
			) : null}
			{standing.isBehind ? (
				<p className="notice notice-alarm">
					<Icon name="alarm" /> {t('breakGlass.behind')}
				</p>
			) : null}
			{standing.debts.length > 0 ? <Debts debts={standing.debts} /> : null}
			{standing.isOffered ? null : <p>{t('breakGlass.notOffered')}</p>}
			{standing.isOffered && !standing.isUser ? (
				<p>{t('breakGlass.notUser', { roles: standing.usedBy.join(', ') })}</p>
			) : null}
			{prepared ? <BreakGlassSignPanel standing={standing} prepared={prepared} sent={sent} /> : null}
			{mayNow && !prepared ? (
				<div className="columns">
					<div className="stack">
						<BreakGlassForm standing={standing} errors={errors} sent={sent} />
						<BarredRoles roles={standing.roles} />
					</div>
					<aside className="stack">
						<BreakGlassMeaning standing={standing} />
						{mayAsk ? (
							<p>
								{t('breakGlass.isUsual')} <Link to="/requests/new">{t('breakGlass.askUsual')}</Link>
							</p>
						) : null}
					</aside>
				</div>
			) : null}
			<ul className="bullets">
				{standing.isOffered ? (
					<li>
						<Link to="/break-glass/procedure">{t('breakGlass.procedureLink')}</Link>
					</li>
				) : null}
				{standing.mayRecord ? (
					<li>
						<Link to="/break-glass/record">{t('breakGlass.recordLink')}</Link>
					</li>
				) : null}
			</ul>
			<section className="stack">
				<h2>{t(mayAll ? 'breakGlass.uses' : 'breakGlass.yourUses')}</h2>
				<BreakGlassTable
					caption={t(mayAll ? 'breakGlass.uses' : 'breakGlass.yourUses')}
					uses={mayAll ? list.uses : [...told(standing, list.uses), ...list.uses]}
				/>
				{list.next === null ? null : (
					<p>
						<Link to={`?before=${list.next}`}>{t('shell.older')}</Link>
					</p>
				)}
			</section>
		</>
	)
}

/** Uses of others that this person is told of, where the list is of their own. */
const told = (standing: StandingView, own: readonly { id: string }[]) =>
	standing.open.filter(({ id }) => own.every((use) => use.id !== id))

/** What bars the next use, each with who can settle it. */
function Debts({ debts }: { debts: readonly DebtView[] }) {
	const { t } = useWords()
	return (
		<section className="notice notice-bad" aria-labelledby="barred">
			<h2 id="barred">{t('breakGlass.barred')}</h2>
			<ul className="bullets">
				{debts.map(({ id, number, user, state, canReview }) => (
					<li key={id}>
						<Link to={`/break-glass/${id}`}>
							{t('breakGlass.barredBy', { number, name: user.name, state: t(`breakGlass.state_${state}`) })}
						</Link>{' '}
						{canReview.length > 0
							? t('breakGlass.canReview', { names: canReview.join(', ') })
							: t('breakGlass.nobodyReviews')}
					</li>
				))}
			</ul>
		</section>
	)
}

/** How this person stands, as one sentence. */
function headline({ isOffered, isUser, debts, isBehind, roles }: StandingView, t: Text): string {
	if (!isOffered) return t('breakGlass.headNotOffered')
	if (!isUser) return t('breakGlass.headNot')
	const [debt] = debts
	if (debt) return t('breakGlass.headBarred', { number: debt.number })
	if (isBehind) return t('breakGlass.headBehind')
	return t(roles.some(isFree) ? 'breakGlass.headMay' : 'breakGlass.headNone')
}
