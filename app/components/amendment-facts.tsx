import { Form, Link } from '@remix-run/react'
import type { AmendmentView } from '#app/services/amendments/views.ts'
import { useWords } from '#app/messages/text.tsx'
import { DecisionReasons } from './decision-reasons.tsx'
import { CopyButton } from './ui/copy-button.tsx'
import { Button, Field } from './ui/form.tsx'
import { Time } from './ui/time.tsx'

type Texts = Readonly<Record<string, string>>

/** What the reader can do now: propose, change or withdraw a draft; sign or reject a proposal; or why not. */
export function AmendmentActs({
	amendment,
	errors,
	sent,
}: {
	amendment: AmendmentView
	errors: Texts
	sent: Texts
}) {
	const { t } = useWords()
	const { state, isOutdated, obstacle, mayEdit, mayPropose, sign } = amendment
	return (
		<>
			{isOutdated ? <p className="notice notice-bad">{t('errors.AMENDMENT_OUTDATED')}</p> : null}
			{obstacle !== null && !isOutdated ? (
				<p className="notice notice-bad">{t(`errors.${obstacle}`)}</p>
			) : null}
			{state === 'draft' && mayEdit ? (
				<section className="card">
					<h2>{t('amendments.draftTitle')}</h2>
					<p>{t('amendments.draftLead')}</p>
					<div className="row">
						{mayPropose ? (
							<Form method="post">
								<input type="hidden" name="intent" value="propose" />
								<Button>{t('amendments.propose')}</Button>
							</Form>
						) : null}
						<Link className="button" to={`/charter/amendments/${amendment.id}/edit`}>
							{t('amendments.edit')}
						</Link>
					</div>
				</section>
			) : null}
			{sign === null ? null : sign.allowed ? (
				<SignForm verdicts={sign.verdicts} errors={errors} sent={sent} />
			) : (
				<section className="card">
					<h2>{t('amendments.mayNotSign')}</h2>
					<p>{t(`errors.${sign.code}`)}</p>
					{sign.denials.length > 0 ? <DecisionReasons clauses={sign.denials} /> : null}
				</section>
			)}
		</>
	)
}

function SignForm({
	verdicts,
	errors,
	sent,
}: {
	verdicts: readonly ('sign' | 'reject')[]
	errors: Texts
	sent: Texts
}) {
	const { t } = useWords()
	return (
		<section className="card">
			<h2>{t('amendments.yourSignature')}</h2>
			<p>{t('amendments.yourSignatureLead')}</p>
			<Form method="post" className="stack">
				<input type="hidden" name="intent" value="prepare" />
				<fieldset className="field">
					<legend className="visually-hidden">{t('requests.verdict')}</legend>
					{errors.verdict ? <p className="error">{errors.verdict}</p> : null}
					{verdicts.map((verdict, i) => (
						<label key={verdict} className="choice" htmlFor={i === 0 ? 'verdict' : `verdict-${verdict}`}>
							<input
								type="radio"
								name="verdict"
								id={i === 0 ? 'verdict' : `verdict-${verdict}`}
								value={verdict}
								defaultChecked={sent.verdict === verdict}
							/>
							{t(verdict === 'sign' ? 'amendments.sign' : 'amendments.reject')}
						</label>
					))}
				</fieldset>
				<Field
					id="reason"
					label={t('requests.decisionReason')}
					hint={t('amendments.signReasonHint')}
					error={errors.reason}
				>
					{(aria) => (
						<textarea className="input" rows={2} maxLength={500} defaultValue={sent.reason ?? ''} {...aria} />
					)}
				</Field>
				<p>
					<Button>{t('requests.review')}</Button>
				</p>
			</Form>
		</section>
	)
}

/** What the amendment is, who drafted it, when it is to be in force, and what proves its text. */
export function AmendmentFacts({ amendment }: { amendment: AmendmentView }) {
	const { t } = useWords()
	const { reason, drafter, createdAt, inForceFrom, signBy, base, textSha256, state } = amendment
	return (
		<section className="card">
			<h2>{t('amendments.facts')}</h2>
			<dl className="facts">
				<dt>{t('amendments.reasonShort')}</dt>
				<dd>{reason}</dd>
				<dt>{t('amendments.drafter')}</dt>
				<dd>{drafter.name}</dd>
				<dt>{t('amendments.drafted')}</dt>
				<dd>
					<Time at={createdAt} />
				</dd>
				<dt>{t('amendments.inForceFrom')}</dt>
				<dd>{inForceFrom === null ? t('amendments.atOnce') : <Time at={inForceFrom} />}</dd>
				{signBy !== null && state === 'proposed' ? (
					<>
						<dt>{t('amendments.signBy')}</dt>
						<dd>
							<Time at={signBy} />
						</dd>
					</>
				) : null}
				<dt>{t('amendments.replaces')}</dt>
				<dd>
					<Link to={`/charter/versions/${base.version}`}>
						{t('amendments.version', { version: base.version })}
					</Link>
				</dd>
				<dt>{t('amendments.textDigest')}</dt>
				<dd>
					<code>{textSha256}</code> <CopyButton text={textSha256} />
				</dd>
			</dl>
			<details>
				<summary>{t('amendments.wholeText')}</summary>
				<pre className="text-block" tabIndex={0}>
					{amendment.yaml}
				</pre>
			</details>
			{amendment.mayWithdraw ? (
				<Form method="post">
					<input type="hidden" name="intent" value="withdraw" />
					<Button look="danger">{t('amendments.withdraw')}</Button>
				</Form>
			) : null}
		</section>
	)
}
