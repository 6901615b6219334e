import { Form } from '@remix-run/react'
import { findLevel } from '#workflows/charter/clearance-schemes.ts'
import { needsReason } from '#workflows/people/vetting-case.acting.ts'
import type { VettingAct } from '#workflows/people/vetting-case.events.ts'
import type { CaseView } from '#app/services/vetting/views.ts'
import { useWords } from '#app/messages/text.tsx'
import { Button, Field, type FieldAria, type FormErrors } from './ui/form.tsx'
import { Icon } from './ui/icon.tsx'
import { Proposal } from './vetting-proposal.tsx'

type Texts = Readonly<Record<string, string>>
export type ActProps = { view: CaseView; errors: FormErrors; sent: Texts; today: string }

/** Acts that are taken against somebody, or that end an access. */
const AGAINST: ReadonlySet<VettingAct> = new Set<VettingAct>([
	'DENY',
	'OPEN_REVIEW',
	'SUSPEND',
	'REVOKE',
	'DISMISS_APPEAL',
	'LOSE_SPONSOR',
	'WITHDRAW_ADMINISTRATIVELY',
	'TRANSFER_OUT',
	'CANCEL',
])

/** What the reader can do now: each act a form of its own; or why they must keep out. */
export function VettingActs(props: ActProps) {
	const { t } = useWords()
	const { refusal, isWithheld, acts1, acts2, proposal } = props.view
	if (refusal !== null)
		return (
			<section className="card">
				<h2>{t('vetting.mayNot')}</h2>
				<p>{t(`errors.${refusal}`)}</p>
				{isWithheld ? <p className="muted">{t('vetting.withheld')}</p> : null}
			</section>
		)
	return (
		<>
			{proposal === null ? null : <Proposal {...props} proposal={proposal} />}
			{acts2.length > 0 ? (
				<section className="card">
					<h2>{t('vetting.twoTitle')}</h2>
					<p className="muted">{t('vetting.twoLead')}</p>
					<div className="acts">
						{acts2.map(({ act, missing }) => (
							<Act
								key={act}
								act={act}
								missing={missing}
								intent="prepare"
								isOnly={acts2.length === 1}
								{...props}
							/>
						))}
					</div>
				</section>
			) : null}
			{acts1.length > 0 || (acts2.length === 0 && proposal === null) ? (
				<section className="card">
					<h2>{t('vetting.actsTitle')}</h2>
					{acts1.length === 0 ? <p className="muted">{t('vetting.actsNone')}</p> : null}
					<div className="acts">
						{acts1.map(({ act, missing }) => (
							<Act
								key={act}
								act={act}
								missing={missing}
								intent="act"
								isOnly={act !== 'CANCEL' && acts1.filter((one) => one.act !== 'CANCEL').length === 1}
								{...props}
							/>
						))}
					</div>
				</section>
			) : null}
		</>
	)
}

/** One act, folded away until it is chosen, unless it is the one way on; what it still waits for is named in place of its form. */
function Act({
	act,
	missing,
	intent,
	isOnly,
	view,
	errors,
	sent,
	today,
}: ActProps & {
	act: VettingAct
	missing: CaseView['acts1'][number]['missing']
	intent: 'act' | 'prepare'
	isOnly: boolean
}) {
	const { t } = useWords()
	const isMine = sent.act === act && sent.part !== 'confirm'
	const own = { errors: isMine ? errors : {}, sent: isMine ? sent : {}, act }
	const setsTerms = act === 'GRANT' || act === 'GRANT_WITH_CONDITIONS' || act === 'UPHOLD_APPEAL'
	return (
		<details className="act" open={isOnly || isMine}>
			<summary>{t(`vetting.do_${act}`)}</summary>
			{missing.length > 0 ? (
				<p className="row reason-unmet">
					<Icon name="cross" />
					<span>
						{t('vetting.missingFor', { items: missing.map((item) => t(`vetting.item_${item}`)).join(', ') })}
					</span>
				</p>
			) : (
				<Form method="post" className="stack">
					<input type="hidden" name="intent" value={intent} />
					<input type="hidden" name="act" value={act} />
					<input type="hidden" name="version" value={view.version} />
					{intent === 'prepare' ? <input type="hidden" name="part" value="propose" /> : null}
					{act === 'SPONSOR' ? (
						<Input
							name="sponsor"
							label={t('vetting.sponsor')}
							hint={t('vetting.sponsorHint')}
							fallback={view.sponsor?.name}
							{...own}
						/>
					) : null}
					{act === 'BRIEF' ? <BriefingFields briefings={view.briefings} today={today} {...own} /> : null}
					{setsTerms ? (
						<TermFields view={view} today={today} withConditions={act !== 'GRANT'} {...own} />
					) : null}
					<ReasonField {...own} isNeeded={needsReason(act)} />
					<p>
						<Button look={AGAINST.has(act) ? 'danger' : 'primary'}>
							{t(intent === 'prepare' ? 'vetting.review' : `vetting.do_${act}`)}
						</Button>
					</p>
				</Form>
			)}
		</details>
	)
}

type Own = { errors: FormErrors; sent: Texts; act: string }

/** A field of one act: its control has an id of its own, since several acts stand on one page. */
function Input({
	name,
	label,
	hint,
	type = 'text',
	fallback = '',
	errors,
	sent,
	act,
}: Own & { name: string; label: string; hint?: string; type?: string; fallback?: string | undefined }) {
	return (
		<Field id={`${act}-${name}`} label={label} hint={hint} error={errors[name]}>
			{(aria: FieldAria) => (
				<input
					className="input"
					type={type}
					maxLength={200}
					autoComplete="off"
					defaultValue={sent[name] ?? fallback}
					{...aria}
					name={name}
				/>
			)}
		</Field>
	)
}

export function ReasonField({ errors, sent, act, isNeeded }: Own & { isNeeded: boolean }) {
	const { t } = useWords()
	return (
		<Field
			id={`${act}-reason`}
			label={t(isNeeded ? 'vetting.actReason' : 'vetting.actReasonOptional')}
			hint={isNeeded ? t('vetting.actReasonHint') : undefined}
			error={errors.reason}
		>
			{(aria) => (
				<textarea
					className="input"
					rows={2}
					maxLength={500}
					defaultValue={sent.reason ?? ''}
					{...aria}
					name="reason"
				/>
			)}
		</Field>
	)
}

function BriefingFields({ briefings, today, ...own }: Own & { briefings: readonly string[]; today: string }) {
	const { t } = useWords()
	return (
		<>
			<Field id={`${own.act}-briefing`} label={t('vetting.briefing')} error={own.errors.briefing}>
				{(aria) => (
					<select
						className="input"
						defaultValue={own.sent.briefing ?? briefings[0]}
						{...aria}
						name="briefing"
					>
						{briefings.map((key) => (
							<option key={key} value={key}>
								{key === 'clearance-briefing' ? t('vetting.briefingClearance') : key}
							</option>
						))}
					</select>
				)}
			</Field>
			<Input name="briefedAt" label={t('vetting.briefedAt')} type="date" fallback={today} {...own} />
			<Input
				name="briefingReference"
				label={t('vetting.briefingReference')}
				hint={t('vetting.referenceHint')}
				{...own}
			/>
		</>
	)
}

function TermFields({
	view: { scheme, level, terms },
	today,
	withConditions,
	...own
}: Own & { view: CaseView; today: string; withConditions: boolean }) {
	const { t, format } = useWords()
	const months = findLevel(scheme, level)?.proposedValidityMonths ?? null
	return (
		<>
			<Input name="issuer" label={t('vetting.issuer')} fallback={terms?.issuer} {...own} />
			<div className="fields">
				<Input name="issuedAt" label={t('vetting.issuedAt')} type="date" fallback={today} {...own} />
				<Input name="validUntil" label={t('vetting.validUntil')} type="date" {...own} />
			</div>
			<p className="hint">
				{months === null ? t('vetting.endHintNone') : t('vetting.endHint', { length: format.months(months) })}
			</p>
			{withConditions ? <Input name="conditions" label={t('vetting.conditions')} {...own} /> : null}
		</>
	)
}
