// node_modules/preact/dist/preact.mjs
var e, t, n, r, i, a, o, s, c, l, u = Symbol.for("pv"), d = {}, f = [], p = /^m(i|n|o|s|text|space)$/, m = Array.isArray, h = f.slice, g = Object.assign;
function _(e) {
	e && e.parentNode && e.remove();
}
function v(n, r, i, a, o) {
	var s = {
		type: n,
		props: r,
		key: i,
		ref: a,
		__k: null,
		__: null,
		__b: 0,
		__e: null,
		__c: null,
		constructor: u,
		__v: o || ++t,
		__i: -1,
		__u: 0
	};
	return !o && e.vnode && e.vnode(s), s;
}
function y(e) {
	return e.children;
}
function b(e, t) {
	this.props = e, this.context = t, this.__g = 0;
}
function x(e, t) {
	if (t == null) return e.__ && x(e.__, e.__i + 1);
	for (var n; t < e.__k.length; t++) if ((n = e.__k[t]) && n.__e) return n.__e;
	return typeof e.type != "function" || e.props.__P ? null : x(e);
}
function S(t) {
	var n, r = t.__v, i = r.__e, a = [], o = [], s = t.__P;
	s && ((n = g({ constructor: u }, r)).__v = r.__v + 1, e.vnode && e.vnode(n), j(s, n, r, t.__n, s.namespaceURI, 32 & r.__u ? [i] : null, a, i || x(r), 32 & r.__u, o), n.__v = r.__v, n.__.__k[n.__i] = n, M(a, n, o), r.__ = r.__e = null, n.__e != i && C(n));
}
function C(e) {
	if ((e = e.__) && e.__c && !e.props.__P) return e.__e = null, e.__k.some(function(t) {
		return t && (e.__e = t.__e);
	}), C(e);
}
function w(t) {
	(8 & t.__g || (t.__g |= 8, n.push(t), i++)) && r == e.debounceRendering || ((r = e.debounceRendering) || queueMicrotask)(T);
}
function T() {
	try {
		for (var e, t = 1; n.length;) n.length > t && n.sort(a), e = n.shift(), t = n.length, 8 & e.__g && S(e);
	} finally {
		(i = n.length) && (r || queueMicrotask)(T);
	}
}
function ee(e, t, n, r, i, a, o, s, c, l, u) {
	var p, m, h, g, _, v, y = r.__k || f, b = t.length;
	for (c = E(n, t, y, c, b), p = 0; p < b; p++) (h = n.__k[p]) != null && (m = ~h.__i && y[h.__i] || d, h.__i = p, v = j(e, h, m, i, a, o, s, c, l, u), g = h.__e, (m.ref != h.ref || 8 & m.__u) && (m.ref && N(m.ref, null, h, m), h.ref && u.push(h.ref, h.__c || g, h)), _ ||= g, 4 & h.__u ? (c = D(h, c, e, !m.__v), m.__e && (m.__e = null)) : typeof h.type == "function" && v !== void 0 ? c = v : g && (c = g.nextSibling), h.__u &= -21);
	return n.__e = _, c;
}
function E(e, t, n, r, i) {
	var a, o, s, c, l, d, f, p, h, g = n.length, _ = g, b = 0, S = 0, C = e.__k = Array(i);
	for (a = 0; a < i; a++) (o = t[a]) != null && typeof o != "boolean" && typeof o != "function" ? (typeof o != "object" || o.constructor === String ? o = C[a] = v(null, o) : m(o) ? o = C[a] = v(y, { children: o }) : o.constructor === u && o.__b ? o = C[a] = v(o.type, o.props, o.key, o.ref, o.__v) : C[a] = o, c = a + b, o.__ = e, o.__b = e.__b + 1, s = null, ~(l = o.__i = O(o, n, c, _)) && (_--, (s = n[l]) && (s.__u |= 2)), s && s.__v ? (o.__u |= 16, l == c - 1 ? b-- : l == c + 1 ? b++ : l != c && (l > c ? b-- : b++, S = 1)) : (~l || (i > g ? b-- : i < g && b++), typeof o.type != "function" && (o.__u |= 4))) : C[a] = null;
	if (S) {
		for (d = [], f = [], a = 0; a < i; a++) if ((o = C[a]) && 16 & o.__u) {
			for (b = 0, p = d.length; b < p;) d[h = b + p >> 1] < o.__i ? b = h + 1 : p = h;
			d[b] = o.__i, f[a] = b + 1;
		}
		for (b = d.length; a--;) f[a] && (f[a] == b ? b-- : C[a].__u |= 4);
	}
	if (_) for (a = 0; a < g; a++) !(s = n[a]) || 2 & s.__u || (s.__e == r && (r = x(s)), ae(s, s));
	return r;
}
function D(e, t, n, r) {
	var i, a, o, s;
	if (typeof e.type == "function") {
		if (e.props.__P) return t;
		if (i = e.__k) for (a = 0; a < i.length; a++) i[a] && (i[a].__ = e, t = D(i[a], t, n, !1));
		return t;
	}
	for (t && !t.parentNode && (t = x(e)) && !t.parentNode && (t = null), o = e.__e, s = t; s && s.nodeType == 8;) s = s.nextSibling;
	for (o != s && (!r && n.moveBefore && o.parentNode ? n.moveBefore(o, t) : n.insertBefore(o, t || null)), t = o; (t &&= t.nextSibling) && t.nodeType == 8 && !t.data.startsWith("$s"););
	return t;
}
function O(e, t, n, r) {
	var i, a = e.key, o = e.type, s = t[n], c = s && !(2 & s.__u);
	if (s === null && a == null || c && a == s.key && o == s.type) return n;
	if (r > +!!c) {
		for (i = n - 1; i >= 0; i--) if ((s = t[i]) && !(2 & s.__u) && a == s.key && o == s.type) return i;
		for (i = n + 1; i < t.length; i++) if ((s = t[i]) && !(2 & s.__u) && a == s.key && o == s.type) return i;
	}
	return -1;
}
function k(e, t, n) {
	n ??= "", t[0] == "-" ? e.setProperty(t, n) : e[t] = n;
}
function A(e, t, n, r, i) {
	var a, o;
	if (t == "style") {
		if (typeof n == "string") e.style.cssText = n;
		else {
			if (typeof r == "string" && (e.style.cssText = r = ""), r) for (t in r) n && t in n || k(e.style, t);
			if (n) for (t in n) r && n[t] == r[t] || k(e.style, t, n[t]);
		}
	} else if (t[0] == "o" && t[1] == "n") typeof n != "function" && (n = null), typeof r != "function" && (r = null), (e.__e ||= {})[t] = n, n && r || (o = l[t] || (l[t] = te(t)), (e.__a ||= {})[t] = c, a = t != (t = t.replace(s, "$1")), (t = t.slice(2))[0] < "a" && (t = t.toLowerCase()), n ? e.addEventListener(t, o, a) : e.removeEventListener(t, o, a));
	else {
		if (i == "http://www.w3.org/2000/svg") t = t.replace(/xlink(H|:h)/, "h").replace(/sName$/, "s");
		else if (t != "width" && t != "height" && t != "href" && t != "list" && t != "form" && t != "tabIndex" && t != "download" && t != "rowSpan" && t != "colSpan" && t != "role" && t != "popover" && t in e) try {
			e[t] = n ?? "";
			return;
		} catch {}
		if (typeof n == "function") return;
		n == null || !1 === n && t[4] != "-" ? e.removeAttribute(t) : e.setAttribute(t, t == "popover" && n == 1 ? "" : n);
	}
}
function te(t) {
	return function(n) {
		var r = this.__e;
		if (r) {
			if (r = r[t], n[o] == null) n[o] = c++;
			else if (n[o] < this.__a[t]) return;
			return r(e.event ? e.event(n) : n);
		}
	};
}
function j(t, n, r, i, a, o, s, c, l, d) {
	var p, h, v, S, C, w, T, E, D, O, k, A, te, j, M, N, P, F, I = n.type;
	if (n.constructor !== u) return null;
	128 & r.__u && (l = 32 & r.__u, p = r.__c.__z) && (n.__u |= l, h = o = [], p.nodeType == 8 ? c = ne(p, o) : o.push(p), c = o[0] || c), (p = e.__b) && p(n);
	n: if (typeof I == "function") {
		v = s.length;
		try {
			if (E = n.props, D = (p = I.prototype) && p.render, O = (p = I.contextType) && i[p.__c], k = p ? O ? O.props.value : p.__ : i, (S = r.__c) ? (n.__c = S, 2 & S.__g && (S.__g |= 1)) : (D ? n.__c = S = new I(E, k) : (n.__c = S = new b(E, k), S.constructor = I, S.render = oe), O && O.sub(S), S.state || (S.state = {}), S.__n = i, S.__g |= 8, S.__h = [], S.__k = []), D && (S.__s || (S.__s = S.state), I.getDerivedStateFromProps && (S.__s == S.state && (S.__s = g({}, S.__s)), g(S.__s, I.getDerivedStateFromProps(E, S.__s)))), C = S.props, w = S.state, S.__v = n, r.__c) {
				if (E !== C && D && !I.getDerivedStateFromProps && S.componentWillReceiveProps && S.componentWillReceiveProps(E, k), n.__v == r.__v && !(8 & S.__g) || !(4 & S.__g) && S.shouldComponentUpdate && !1 === S.shouldComponentUpdate(E, S.__s, k)) {
					n.__v != r.__v && (S.props = E, S.state = S.__s, S.__g &= -9), n.__e = r.__e, n.__k = r.__k, n.__k.some(function(e) {
						e && (e.__ = n);
					}), f.push.apply(S.__h, S.__k), S.__k = [], S.__h.length && s.push(S), c = x(r);
					break n;
				}
				S.componentWillUpdate && S.componentWillUpdate(E, S.__s, k), D && S.componentDidUpdate && S.__h.push(function() {
					S.componentDidUpdate(C, w, T);
				});
			} else D && !I.getDerivedStateFromProps && S.componentWillMount && S.componentWillMount(), D && S.componentDidMount && S.__h.push(S.componentDidMount);
			S.context = k, S.props = E, S.__P = t, S.__g &= -5, A = e.__r, te = D ? 25 : 0;
			do
				S.__g &= -9, A && A(n), p = S.render(S.props, S.state = S.__s, S.context);
			while (8 & S.__g && ++te < 25);
			D && (f.push.apply(S.__h, S.__k), S.__k = []), S.state = S.__s, S.getChildContext && (i = g({}, i, S.getChildContext())), D && r.__c && S.getSnapshotBeforeUpdate && (T = S.getSnapshotBeforeUpdate(C, w)), j = p && p.type === y && p.key == null ? p.props.children : p, E.__P && (p = c, a = (t = E.__P).namespaceURI, l = o = null, r.props && r.props.__P != t && (r.__k.some(function(e) {
				e && ae(e, e);
			}), r.__k = null), c = r.__k ? x(r, 0) : null), c = ee(t, m(j) ? j : [j], n, r, i, a, o, s, c, l, d), E.__P && (n.__e = null, c = p), n.__u &= -161, h && h.some(_), S.__h.length && s.push(S), 1 & S.__g && (S.__g &= -4);
		} catch (t) {
			if (s.length = v, n.__v = null, l || o) {
				if (t && t.then) {
					if (n.__u |= 128 | l, o) {
						for (~(P = o.indexOf(c || void 0)) || (P = o.length); (F = o[P - 1]) && F.nodeType == 8;) P--;
						for (; P < o.length; P++) if (F = o[P]) {
							if (o[P] = null, M) {
								if (F == N) break;
							} else {
								if (F.nodeType != 8) break;
								F.data.startsWith("$s") && (N = ne(M = F));
							}
						}
					}
					if (!M) {
						for (; c && c.nodeType == 8 && c.nextSibling;) c = c.nextSibling;
						M = c;
					}
					(p = ne(M = n.__c.__z || (n.__c.__z = M))) ? (n.__e = M, c = p) : n.__e = c, c &&= c.nextSibling;
				} else o && o.some(_);
			} else n.__e = r.__e;
			n.__k ||= r.__k || [], t && t.then || re(n), e.__e(t, n, r);
		}
	} else c = n.__e = ie(r.__e, n, r, i, a, o, s, l, d, t);
	return (p = e.diffed) && p(n), c;
}
function ne(e, t) {
	if (e && e.nodeType == 8 && e.data.startsWith("$s")) for (var n = 1; e = e.nextSibling;) {
		if (e.nodeType == 8) {
			if (e.data.startsWith("$s")) n++;
			else if (e.data.startsWith("/$s") && !--n) return e;
		}
		t && t.push(e);
	}
}
function re(e) {
	e && (e.__c && (e.__c.__g |= 4), e.__k && e.__k.some(re));
}
function M(t, n, r) {
	for (var i = 0; i < r.length;) N(r[i++], r[i++], r[i++]);
	e.__c && e.__c(n, t), t.some(function(n) {
		try {
			t = n.__h, n.__h = [], t.some(function(e) {
				e.call(n);
			});
		} catch (t) {
			e.__e(t, n.__v);
		}
	});
}
function ie(t, n, r, i, a, o, s, c, l, u) {
	var f, g, v, y, b, S, C, w, T = r.props || d, E = n.props, D = n.type;
	if (D == "svg" ? a = "http://www.w3.org/2000/svg" : D == "math" ? a = "http://www.w3.org/1998/Math/MathML" : a ||= "http://www.w3.org/1999/xhtml", o) {
		for (f = 0; f < o.length; f++) if ((b = o[f]) && (D ? b.localName == D : b.nodeType == 3)) {
			t = b, o[f] = null;
			break;
		}
	}
	if (!t) {
		if (w = u.ownerDocument || document, !D) return w.createTextNode(E);
		t = w.createElementNS(a, D, E.is ? E : u), c &&= (e.__m && e.__m(n, o), !1), o = null;
	}
	if (D) {
		if (u = D == "template" && t.content || t, o = D == "textarea" && E.defaultValue != null ? null : o && h.call(u.childNodes), !c && o) for (T = {}, f = 0; f < t.attributes.length; f++) T[(b = t.attributes[f]).name] = b.value;
		for (f in T) b = T[f], f == "dangerouslySetInnerHTML" ? v = b : f == "children" || f in E || f == "value" && "defaultValue" in E || f == "checked" && "defaultChecked" in E || A(t, f, null, b, a);
		for (f in E) b = E[f], f == "children" ? y = b : f == "dangerouslySetInnerHTML" ? g = b : f == "value" ? S = b : f == "checked" ? C = b : c && typeof b != "function" || T[f] === b || A(t, f, b, T[f], a);
		g ? (c || v && (g.__html == v.__html || g.__html == t.innerHTML) || (t.innerHTML = g.__html), n.__k = []) : (v && (t.textContent = ""), (D == "foreignObject" || a == "http://www.w3.org/1998/Math/MathML" && p.test(D)) && (a = "http://www.w3.org/1999/xhtml"), ee(u, m(y) ? y : [y], n, r, i, a, o, s, o ? o[0] : r.__k && x(r, 0), c, l), o && o.some(_)), c && D != "textarea" || (f = "value", D == "progress" && S == null ? t.removeAttribute(f) : S == null || S === t[f] && (D != "progress" || S) || A(t, f, S, T[f], a), f = "checked", C != null && C != t[f] && A(t, f, C, T[f], a));
	} else T === E || c && t.data == E || (t.data = E);
	return t;
}
function N(t, n, r, i) {
	try {
		typeof t == "function" ? n ? n.__x = t(n) || 1 : (i &&= i.__c || i.__e) && (n = i.__x) && (i.__x = null, typeof n == "function" ? n() : t(null)) : t.current = n;
	} catch (t) {
		e.__e(t, r);
	}
}
function ae(t, n, r) {
	var i, a, o, s;
	if (e.unmount && e.unmount(t), !(i = t.ref) || i.current && i.current != t.__e || N(i, null, n, t), i = t.__c) {
		if (i.componentWillUnmount) try {
			i.componentWillUnmount();
		} catch (t) {
			e.__e(t, n);
		}
		i.__P = i.__n = null;
	}
	if (i = t.__k) for (s = 0; s < i.length; s++) i[s] && ae(i[s], n, typeof t.type != "function" || r && !t.props.__P);
	!r && (i = t.__c) && (i = i.__z) && (a = ne(i, o = [])) && (i == t.__e && o.some(_), _(a), _(i)), r || _(t.__e), t.__e = t.__c = t.__ = null;
}
function oe(e, t, n) {
	return this.constructor(e, n);
}
function P(t, n) {
	var r, i, a, o;
	e.__ && e.__(t, n), n.nodeType == 9 && (n = n.documentElement), i = (r = t && 32 & t.__u) ? null : n.__k, n.__k = v(y, { children: [t] }), a = [], o = [], j(n, n.__k, i || d, d, n.namespaceURI, i ? null : n.firstChild ? h.call(n.childNodes) : null, a, i ? i.__e : n.firstChild, r, o), M(a, n.__k, o), n.__k.props.children = null;
}
e = { __e: function(e, t, n, r) {
	for (var a, o, s; t = t.__;) if ((a = t.__c) && !(1 & a.__g)) {
		a.__g |= 4;
		try {
			if ((s = (o = a.constructor) && o.getDerivedStateFromError) && a.setState(o.getDerivedStateFromError(e)), a.componentDidCatch && (a.componentDidCatch(e, r || {}), s = 1), s && 8 & a.__g) return void (a.__g |= 2);
		} catch (t) {
			e = t;
		}
	}
	throw i = 0, e;
} }, t = 0, b.prototype.setState = function(e, t) {
	var n = this.__s;
	n && n != this.state || (n = this.__s = g({}, this.state)), typeof e == "function" && (e = e(g({}, n), this.props)), e && (g(n, e), this.__v && (t && this.__k.push(t), w(this)));
}, b.prototype.forceUpdate = function(e) {
	this.__v && (this.__g |= 4, e && this.__h.push(e), w(this));
}, b.prototype.render = y, n = [], i = 0, a = function(e, t) {
	return e.__v.__b - t.__v.__b;
}, o = Symbol(), s = /(PointerCapture)$|Capture$/i, c = 0, l = {};
// src/styles/tokens.css?inline
var F = ":root,:host{--bg:light-dark(#f6f7f9,#101216);--surface:light-dark(#fff,#181b21);--raised:light-dark(#eef0f4,#22262e);--text:light-dark(#171a21,#e7e9ee);--muted:light-dark(#565d6b,#a0a8b6);--line:light-dark(#e1e4ea,#2a2f38);--line-strong:light-dark(#8b93a3,#6b7484);--accent:light-dark(#3457d5,#93a9ff);--accent-soft:light-dark(#eaeefc,#232b49);--on-accent:light-dark(#fff,#10142a);--added:light-dark(#14693a,#7fdba3);--added-soft:light-dark(#e2f4e9,#16311f);--changed:light-dark(#7d5200,#eac063);--changed-soft:light-dark(#fbf0d9,#352a12);--removed:light-dark(#a9231c,#ff9c94);--removed-soft:light-dark(#fce8e6,#40201e);--emptied:light-dark(#71298f,#dbaaf2);--emptied-soft:light-dark(#f5e8fa,#35213f);--font:system-ui, -apple-system, \"Segoe UI\", Roboto, \"Helvetica Neue\", Arial, sans-serif;--mono:ui-monospace, SFMono-Regular, Menlo, Consolas, \"Liberation Mono\", monospace;--radius:8px}", I = ".unseen{clip-path:inset(50%);white-space:nowrap;width:1px;height:1px;margin:-1px;position:absolute;overflow:hidden}.muted,.none{color:var(--muted)}.none{font-style:italic}.time,.literal{font-variant-numeric:tabular-nums}.literal,.text,.key{overflow-wrap:anywhere;unicode-bidi:isolate}.text{white-space:pre-wrap}.op{white-space:nowrap;border-radius:5px;padding:1px 7px;font-size:.8125em;font-weight:600;line-height:1.5;display:inline-block}.op-create{color:var(--added);background:var(--added-soft)}.op-update{color:var(--changed);background:var(--changed-soft)}.op-delete{color:var(--removed);background:var(--removed-soft)}.op-truncate{color:var(--emptied);background:var(--emptied-soft)}.fields{margin:0;display:grid}.field{border-bottom:1px solid var(--line);grid-template-columns:minmax(6rem,11rem) minmax(0,1fr);gap:2px 16px;padding:5px 0;display:grid}.fields>.field:last-child{border-bottom:0}.field dt{color:var(--muted);overflow-wrap:anywhere}.field dd{min-width:0;margin:0}ins,del{-webkit-box-decoration-break:clone;box-decoration-break:clone;border-radius:3px;padding:0 2px;text-decoration:none}ins{color:var(--added);background:var(--added-soft)}del{color:var(--removed);background:var(--removed-soft)}ins .none,del .none,ins .muted,del .muted{color:inherit}.words ins{text-underline-offset:2px;text-decoration:underline}.words del,.sides>del>.text,.sides>del>.literal{text-decoration:line-through}ins.plain,del.plain{color:inherit;background:0 0;padding:0;text-decoration:none}ins:has(>.tree),del:has(>.tree){padding:2px 4px;display:block}.arrow{color:var(--muted);padding:0 2px}.tree>summary,.collapsed>summary,.long>summary{cursor:pointer;border-radius:4px}.collapsed>summary{color:var(--muted);width:fit-content;padding:4px 0}.collapsed>summary:hover{color:var(--text)}.branch{border-left:1px solid var(--line);margin-left:4px;padding-left:14px}.leaf{padding:1px 0}.key{color:var(--muted);margin-right:8px}ins .key,del .key{color:inherit}.key:after{content:\":\"}.bone{background:var(--raised);border-radius:5px;height:14px;margin:12px 0;animation:1.6s ease-in-out infinite breathe}.bone:nth-child(3n){width:72%}.bone:nth-child(3n+1){width:88%}@keyframes breathe{50%{opacity:.5}}@media (width<=480px){.field{grid-template-columns:minmax(0,1fr)}}@media (prefers-reduced-motion:reduce){.bone{animation:none}}", se = ":host{--text:var(--bemi-text,light-dark(#171a21,#e7e9ee));--muted:var(--bemi-muted,light-dark(#565d6b,#a0a8b6));--line:var(--bemi-line,light-dark(#e1e4ea,#2a2f38));--surface:var(--bemi-background,transparent);--accent:var(--bemi-accent,light-dark(#3457d5,#93a9ff));--radius:var(--bemi-radius,8px);font:var(--bemi-font,inherit);color:var(--text);background:var(--surface);display:block}:host([hidden]){display:none}.history-heading{margin:0 0 8px;font-weight:600}.history-list{margin:0;padding:0;list-style:none}.history-item{border-top:1px solid var(--line);padding:10px 0}.history-head{flex-wrap:wrap;align-items:baseline;gap:4px 10px;margin-bottom:2px;display:flex}.history-time{color:var(--muted);margin-left:auto}.button{font:inherit;color:var(--accent);border:1px solid var(--line-strong);border-radius:var(--radius);cursor:pointer;background:0 0;padding:4px 12px}:focus-visible{outline:2px solid var(--accent);outline-offset:2px}", L = class {
	text;
	constructor(e) {
		this.text = e;
	}
	toString() {
		return this.text;
	}
};
function R(e) {
	return typeof e == "object" && !!e && !Array.isArray(e) && !(e instanceof L);
}
function ce(e) {
	let t = 0;
	function n() {
		let n = t < e.length ? `'${e[t]}'` : "the end";
		throw SyntaxError(`Not JSON: unexpected ${n} at ${t}`);
	}
	function r() {
		for (; t < e.length && " \n\r	".includes(e[t]);) t++;
	}
	function i(r, i) {
		return e.startsWith(r, t) || n(), t += r.length, i;
	}
	function a() {
		let r = t++, i = !0;
		for (; t < e.length; t++) {
			let a = e.charCodeAt(t);
			if (a === 34) return t++, i ? e.slice(r + 1, t - 1) : JSON.parse(e.slice(r, t));
			a === 92 ? (i = !1, t++) : a < 32 && n();
		}
		return n();
	}
	function o() {
		le.lastIndex = t;
		let r = le.exec(e);
		r || n(), t += r[0].length;
		let i = Number(r[0]);
		return String(i) === r[0] ? i : new L(r[0]);
	}
	function s() {
		let i = [];
		if (t++, r(), e[t] === "]") return t++, i;
		for (;;) {
			if (i.push(l()), e[t] === "]") return t++, i;
			e[t++] !== "," && (t--, n());
		}
	}
	function c() {
		let i = [];
		if (t++, r(), e[t] === "}") return t++, {};
		for (;;) {
			r(), e[t] !== "\"" && n();
			let o = a();
			if (r(), e[t++] !== ":" && (t--, n()), i.push([o, l()]), e[t] === "}") return t++, Object.fromEntries(i);
			e[t++] !== "," && (t--, n());
		}
	}
	function l() {
		r();
		let n;
		switch (e[t]) {
			case "{":
				n = c();
				break;
			case "[":
				n = s();
				break;
			case "\"":
				n = a();
				break;
			case "t":
				n = i("true", !0);
				break;
			case "f":
				n = i("false", !1);
				break;
			case "n":
				n = i("null", null);
				break;
			default: n = o();
		}
		return r(), n;
	}
	let u = l();
	return t < e.length && n(), u;
}
var le = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
function ue(e, t = 0, n = 0) {
	if (e instanceof L) return e.text;
	let r = t > 0 ? "\n" + " ".repeat(t * (n + 1)) : "", i = t > 0 ? "\n" + " ".repeat(t * n) : "", a = t > 0 ? "," : ", ";
	if (Array.isArray(e)) return e.length === 0 ? "[]" : "[" + e.map((e) => r + ue(e, t, n + 1)).join(a) + i + "]";
	if (R(e)) {
		let o = Object.entries(e);
		return o.length === 0 ? "{}" : "{" + o.map(([e, i]) => `${r}${JSON.stringify(e)}: ${ue(i, t, n + 1)}`).join(a) + i + "}";
	}
	return JSON.stringify(e);
}
function z(e, t) {
	if (e === t) return !0;
	if (e instanceof L && t instanceof L) return e.text === t.text;
	if (Array.isArray(e) && Array.isArray(t)) return e.length === t.length && e.every((e, n) => z(e, t[n]));
	if (R(e) && R(t)) {
		let n = Object.keys(e);
		return n.length === Object.keys(t).length && n.every((n) => Object.hasOwn(t, n) && z(e[n], t[n]));
	}
	return !1;
}
// node_modules/preact/hooks/dist/hooks.mjs
var de, B, fe, pe, me = Object.is, he = 0, ge = [], _e = [], V = e, ve = V.__b, ye = V.__r, be = V.diffed, xe = V.__c, Se = V.unmount, Ce = V.__;
function we(e, t) {
	V.__h && V.__h(B, e, he || t), he = 0;
	var n = B.__H || (B.__H = {
		__: [],
		__h: []
	});
	return e >= n.__.length && n.__.push({}), n.__[e];
}
function Te(e) {
	return he = 1, Ee(Pe, e);
}
function Ee(e, t, n) {
	var r = we(de++, 2);
	if (r.t = e, !r.__c && (r.__ = [n ? n(t) : Pe(void 0, t), function(e) {
		var t = (r.__N || r.__)[0], n = r.t(t, e);
		me(t, n) || (r.__N = [n, r.__[1]], r.__c.setState({}));
	}], r.__c = B, !B.__f)) {
		B.__f = !0;
		var i = B.shouldComponentUpdate;
		B.shouldComponentUpdate = function(e, t, n) {
			var r = this.__H;
			if (!r) return !0;
			var a = !1, o = this.props != e;
			if (r.__.some(function(e) {
				e.__N && (a = !0, me(e.__[0], e.__N[0]) || (o = !0));
			}), i) {
				var s = i.call(this, e, t, n);
				return a ? s || o : s;
			}
			return !a || o;
		};
	}
	return r.__;
}
function De(e, t) {
	var n = we(de++, 3);
	!V.__s && Ne(n.__H, t) && (n.__P = !0, n.__ = e, n.u = t, B.__H.__h.push(n));
}
function Oe() {
	var e;
	do {
		for (; e = _e.shift();) try {
			H(e);
		} catch (t) {
			V.__e(t, { __: (e = e.__P) && e.__v });
		}
		for (; e = ge.shift();) {
			var t = e.__H;
			if (e.__P && t) try {
				t.__h.some(H), t.__h.some(Me), t.__h = [];
			} catch (n) {
				t.__h = [], V.__e(n, e.__v);
			}
		}
	} while (_e.length);
}
V.__b = function(e) {
	B = null, ve && ve(e);
}, V.__ = function(e, t) {
	e && t.__k && t.__k.__m && (e.__m = t.__k.__m), Ce && Ce(e, t);
}, V.__r = function(e) {
	ye && ye(e), de = 0;
	var t = (B = e.__c).__H;
	t && (fe == B ? B.__h = [] : (t.__h.some(H), t.__h.some(Me), de = 0), t.__h = [], t.__.some(function(e) {
		e.__N && (e.__ = e.__N), e.u = e.__N = void 0;
	})), fe = B;
}, V.diffed = function(e) {
	be && be(e);
	var t = e.__c;
	t && t.__H && (t.__H.__h.length && je(ge.push(t)), t.__H.__.some(function(e) {
		e.u && (e.__H = e.u);
	})), fe = B = null;
}, V.__c = function(e, t) {
	t.some(function(e) {
		try {
			e.__h.some(H), e.__h = e.__h.filter(function(e) {
				return !e.__ || Me(e);
			});
		} catch (t) {
			e.__h = [function() {
				throw t;
			}];
		}
	}), xe && xe(e, t);
}, V.unmount = function(e) {
	Se && Se(e);
	var t, n, r = e.__c;
	r && r.__H && (r.__H.__.some(function(r) {
		try {
			if (r.__P && r.__c) {
				if (n === void 0) {
					for (n = e.__; n && (!n.__c || !n.__c.__P);) n = n.__;
					n &&= n.__c;
				}
				r.__P = n, je(_e.push(r));
			} else H(r);
		} catch (e) {
			t = e;
		}
	}), r.__H = void 0, t && V.__e(t, r.__v));
};
var ke = typeof requestAnimationFrame == "function";
function Ae(e) {
	var t, n = function() {
		clearTimeout(r), ke && cancelAnimationFrame(t), setTimeout(e);
	}, r = setTimeout(n, 35);
	ke && (t = requestAnimationFrame(n));
}
function je(e) {
	e != 1 && pe == V.requestAnimationFrame || ((pe = V.requestAnimationFrame) || Ae)(Oe);
}
function H(e) {
	var t = B, n = e.__c;
	typeof n == "function" && (e.__c = void 0, n()), B = t;
}
function Me(e) {
	var t = B;
	e.__c = e.__(), B = t;
}
function Ne(e, t) {
	return !e || e.length != t.length || t.some(function(t, n) {
		return !me(t, e[n]);
	});
}
function Pe(e, t) {
	return typeof t == "function" ? t(e) : t;
}
// src/lib/router.ts
function Fe() {
	return (document.querySelector("meta[name=\"bemi-base\"]")?.content ?? "").replace(/\/*$/, "/");
}
// src/api/client.ts
var U = class extends Error {
	status;
	title;
	conflicts;
	constructor(e, t, n, r = []) {
		super(n), this.status = e, this.title = t, this.conflicts = r;
	}
}, Ie = class {
	root;
	csrf = null;
	constructor(e) {
		this.root = e;
	}
	me() {
		return this.get("/me").then((e) => (this.csrf = e.csrf, e));
	}
	status(e) {
		return this.get("/status", void 0, e);
	}
	tables(e) {
		return this.get("/tables", void 0, e);
	}
	changes(e, t, n) {
		return this.get("/changes", W(e, {
			order: t.order,
			limit: String(t.limit),
			cursor: t.cursor
		}), n);
	}
	change(e, t) {
		return this.get(`/changes/${encodeURIComponent(e)}`, void 0, t);
	}
	streamUrl(e) {
		return this.url("/changes/stream", e);
	}
	exportUrl(e, t) {
		return this.url("/export", W(e, { format: t }));
	}
	counts(e, t, n, r, i) {
		return this.get("/counts", W(e, {
			by: t,
			bucket: n,
			zone: r
		}), i);
	}
	top(e, t, n, r) {
		return this.get("/top", W(e, {
			by: t,
			limit: String(n)
		}), r);
	}
	record(e, t, n, r, i) {
		return this.get("/records", W(new URLSearchParams(), {
			schema: e,
			table: t,
			record: n,
			at: r
		}), i);
	}
	recordDiff(e, t, n, r, i, a) {
		return this.get("/records/diff", W(new URLSearchParams(), {
			schema: e,
			table: t,
			record: n,
			from: r,
			to: i
		}), a);
	}
	planRevert(e, t) {
		return this.post("/revert/plan", { selection: e }, t);
	}
	revert(e, t, n) {
		return this.post("/revert", {
			selection: e,
			reason: t,
			resolutions: n
		});
	}
	embedded(e, t, n, r, i) {
		return this.get("/embed/history", W(new URLSearchParams(), {
			schema: e,
			table: t,
			record: n,
			cursor: r
		}), i);
	}
	get(e, t, n) {
		return this.send(this.url(e, t), { signal: n });
	}
	async post(e, t, n) {
		await this.me();
		let r = { "Content-Type": "application/json" };
		return this.csrf && (r[this.csrf.header] = this.csrf.token), this.send(this.url(e), {
			method: "POST",
			headers: r,
			body: ue(t),
			signal: n
		});
	}
	url(e, t) {
		let n = t?.toString();
		return this.root + e + (n ? `?${n}` : "");
	}
	async send(e, t) {
		let n, r;
		try {
			n = await fetch(e, {
				...t,
				headers: {
					Accept: "application/json, application/problem+json",
					"X-Requested-With": "XMLHttpRequest",
					...t.headers
				},
				credentials: "same-origin"
			}), r = await n.text();
		} catch (e) {
			throw e instanceof DOMException && e.name === "AbortError" ? e : new U(0, "The server cannot be reached", "Check the connection. The page tries again when it is back.");
		}
		let i = /json/.test(n.headers.get("Content-Type") ?? "");
		if (!n.ok) throw Re(n, i ? r : "");
		if (!i) throw new U(401, "You are signed out", "Reload the page to sign in again.");
		return ce(r);
	}
};
function W(e, t) {
	let n = new URLSearchParams(e);
	return Object.entries(t).forEach(([e, t]) => {
		t != null && t !== "" && n.set(e, t);
	}), n;
}
var Le = {
	400: "The question is not understood",
	401: "You are signed out",
	403: "You may not see this",
	404: "Nothing is here",
	409: "Conflicts",
	503: "The server is not ready"
};
function Re(e, t) {
	let n = Le[e.status] ?? "The server failed", r = e.status === 401 ? "Reload the page to sign in again." : "", i = [];
	try {
		let e = ce(t);
		R(e) && (n = typeof e.title == "string" ? e.title : n, r = typeof e.detail == "string" ? e.detail : r, i = Array.isArray(e.conflicts) ? e.conflicts : []);
	} catch {}
	return new U(e.status, n, r || `The server answered ${e.status}.`, i);
}
new Ie(Fe() + "api/v1");
// src/lib/metadata.ts
function ze(e) {
	return e == null ? null : typeof e == "string" ? e : ue(e);
}
var Be = {
	CREATE: "Created",
	UPDATE: "Updated",
	DELETE: "Deleted",
	TRUNCATE: "Truncated"
};
function Ve(e) {
	return Be[e] ?? e;
}
// src/lib/text.ts
var He = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u00AD\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF]/g;
function G(e) {
	return e.replace(He, (e) => `⟨U+${e.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}⟩`);
}
new Intl.NumberFormat("en");
// src/lib/time.ts
var Ue = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC", We = new Intl.DateTimeFormat("en-GB", {
	hour: "2-digit",
	minute: "2-digit",
	second: "2-digit",
	hourCycle: "h23"
}), Ge = new Intl.DateTimeFormat("en-GB", {
	day: "numeric",
	month: "short",
	year: "numeric",
	hour: "2-digit",
	minute: "2-digit",
	second: "2-digit",
	hourCycle: "h23"
});
new Intl.DateTimeFormat("en-GB", {
	weekday: "long",
	day: "numeric",
	month: "long",
	year: "numeric"
}), new Intl.DateTimeFormat("en-CA", {
	year: "numeric",
	month: "2-digit",
	day: "2-digit"
});
function Ke(e) {
	return !Number.isNaN(Date.parse(e));
}
function qe(e) {
	return We.format(new Date(e));
}
function Je(e) {
	return Ke(e) ? Ge.format(new Date(e)) : G(e);
}
function Ye(e) {
	return `${e} (shown in ${Ue})`;
}
function Xe(e, t = Date.now()) {
	let n = Math.max(0, Math.round((t - Date.parse(e)) / 1e3));
	if (n < 5) return "just now";
	for (let [e, t] of [
		["day", 86400],
		["hour", 3600],
		["minute", 60],
		["second", 1]
	]) if (n >= t) {
		let r = Math.floor(n / t);
		return `${r} ${e}${r === 1 ? "" : "s"} ago`;
	}
	return "just now";
}
// node_modules/preact/jsx-runtime/dist/jsxRuntime.mjs
var Ze = Symbol.for("pv"), Qe = 0;
Array.isArray;
function K(t, n, r, i, a, o) {
	n ||= {};
	var s, c, l = n;
	if ("ref" in l && typeof t != "function") for (c in l = {}, n) c == "ref" ? s = n[c] : l[c] = n[c];
	var u = {
		type: t,
		props: l,
		key: r,
		ref: s,
		__k: null,
		__: null,
		__b: 0,
		__e: null,
		__c: null,
		constructor: Ze,
		__v: --Qe,
		__i: -1,
		__u: 0
	};
	return (a || o) && (u.__source = a, u.__self = o), e.vnode && e.vnode(u), u;
}
// src/components/Basics.tsx
function $e({ operation: e }) {
	return /* @__PURE__ */ K("span", {
		class: `op op-${e.toLowerCase()}`,
		part: "operation",
		children: Ve(e)
	});
}
function et({ at: e, show: t = "date" }) {
	let n = t === "time" ? qe(e) : t === "ago" ? Xe(e) : Je(e);
	return /* @__PURE__ */ K("time", {
		class: "time",
		dateTime: e,
		title: Ye(e),
		children: n
	});
}
function q({ children: e }) {
	return /* @__PURE__ */ K("span", {
		class: "unseen",
		children: e
	});
}
function tt({ what: e, rows: t = 6 }) {
	return /* @__PURE__ */ K("div", {
		class: "loading",
		children: [/* @__PURE__ */ K(q, { children: /* @__PURE__ */ K("span", {
			role: "status",
			children: [
				"Loading ",
				e,
				" …"
			]
		}) }), Array.from({ length: t }, (e, t) => /* @__PURE__ */ K("div", {
			class: "bone",
			"aria-hidden": "true"
		}, t))]
	});
}
// src/lib/jsonDiff.ts
function nt(e, t, n = null) {
	return z(e, t) ? {
		key: n,
		mark: "same",
		old: e,
		new: t
	} : R(e) && R(t) ? {
		key: n,
		mark: "inside",
		old: e,
		new: t,
		children: [.../* @__PURE__ */ new Set([...Object.keys(e), ...Object.keys(t)])].map((n) => it(n, rt(e, n), rt(t, n)))
	} : Array.isArray(e) && Array.isArray(t) ? {
		key: n,
		mark: "inside",
		old: e,
		new: t,
		children: at(e, t)
	} : {
		key: n,
		mark: "changed",
		old: e,
		new: t
	};
}
function rt(e, t) {
	return Object.hasOwn(e, t) ? e[t] : void 0;
}
function it(e, t, n) {
	return t === void 0 ? {
		key: e,
		mark: "added",
		new: n
	} : n === void 0 ? {
		key: e,
		mark: "removed",
		old: t
	} : nt(t, n, e);
}
function at(e, t) {
	let n = Math.min(e.length, t.length), r = 0;
	for (; r < n && z(e[r], t[r]);) r++;
	let i = 0;
	for (; i < n - r && z(e[e.length - 1 - i], t[t.length - 1 - i]);) i++;
	let a = [], o = (e, n) => {
		for (let r = e; r < n; r++) a.push({
			key: String(r),
			mark: "same",
			old: t[r],
			new: t[r]
		});
	};
	o(0, r);
	let s = e.length - i, c = t.length - i;
	for (let n = r; n < Math.max(s, c); n++) a.push(it(String(n), n < s ? e[n] : void 0, n < c ? t[n] : void 0));
	return o(c, t.length), a;
}
// node_modules/diff/libesm/diff/base.js
var J = class {
	diff(e, t, n = {}) {
		let r;
		typeof n == "function" ? (r = n, n = {}) : "callback" in n && (r = n.callback);
		let i = this.castInput(e, n), a = this.castInput(t, n), o = this.removeEmpty(this.tokenize(i, n)), s = this.removeEmpty(this.tokenize(a, n));
		return this.diffWithOptionsObj(o, s, n, r);
	}
	diffWithOptionsObj(e, t, n, r) {
		let i = (e) => {
			if (e = this.postProcess(e, n), r) setTimeout(function() {
				r(e);
			}, 0);
			else return e;
		}, a = t.length, o = e.length, s = 1, c = a + o;
		n.maxEditLength != null && (c = Math.min(c, n.maxEditLength));
		let l = n.timeout ?? Infinity, u = Date.now() + l, d = [{
			oldPos: -1,
			lastComponent: void 0
		}], f = this.extractCommon(d[0], t, e, 0, n);
		if (d[0].oldPos + 1 >= o && f + 1 >= a) return i(this.buildValues(d[0].lastComponent, t, e));
		let p = -Infinity, m = Infinity, h = () => {
			for (let r = Math.max(p, -s); r <= Math.min(m, s); r += 2) {
				let s, c = d[r - 1], l = d[r + 1];
				c && (d[r - 1] = void 0);
				let u = !1;
				if (l) {
					let e = l.oldPos - r;
					u = l && 0 <= e && e < a;
				}
				let h = c && c.oldPos + 1 < o;
				if (!u && !h) d[r] = void 0;
				else {
					if (s = !h || u && c.oldPos < l.oldPos ? this.addToPath(l, !0, !1, 0, n) : this.addToPath(c, !1, !0, 1, n), f = this.extractCommon(s, t, e, r, n), s.oldPos + 1 >= o && f + 1 >= a) return i(this.buildValues(s.lastComponent, t, e)) || !0;
					d[r] = s, s.oldPos + 1 >= o && (m = Math.min(m, r - 1)), f + 1 >= a && (p = Math.max(p, r + 1));
				}
			}
			s++;
		};
		if (r) (function e() {
			setTimeout(function() {
				if (s > c || Date.now() > u) return r(void 0);
				h() || e();
			}, 0);
		})();
		else for (; s <= c && Date.now() <= u;) {
			let e = h();
			if (e) return e;
		}
	}
	addToPath(e, t, n, r, i) {
		let a = e.lastComponent;
		return a && !i.oneChangePerToken && a.added === t && a.removed === n ? {
			oldPos: e.oldPos + r,
			lastComponent: {
				count: a.count + 1,
				added: t,
				removed: n,
				previousComponent: a.previousComponent
			}
		} : {
			oldPos: e.oldPos + r,
			lastComponent: {
				count: 1,
				added: t,
				removed: n,
				previousComponent: a
			}
		};
	}
	extractCommon(e, t, n, r, i) {
		let a = t.length, o = n.length, s = e.oldPos, c = s - r, l = 0;
		for (; c + 1 < a && s + 1 < o && this.equals(n[s + 1], t[c + 1], i);) c++, s++, l++, i.oneChangePerToken && (e.lastComponent = {
			count: 1,
			previousComponent: e.lastComponent,
			added: !1,
			removed: !1
		});
		return l && !i.oneChangePerToken && (e.lastComponent = {
			count: l,
			previousComponent: e.lastComponent,
			added: !1,
			removed: !1
		}), e.oldPos = s, c;
	}
	equals(e, t, n) {
		return n.comparator ? n.comparator(e, t) : e === t || !!n.ignoreCase && e.toLowerCase() === t.toLowerCase();
	}
	removeEmpty(e) {
		let t = [];
		for (let n = 0; n < e.length; n++) e[n] && t.push(e[n]);
		return t;
	}
	castInput(e, t) {
		return e;
	}
	tokenize(e, t) {
		return Array.from(e);
	}
	join(e) {
		return e.join("");
	}
	postProcess(e, t) {
		return e;
	}
	get useLongestToken() {
		return !1;
	}
	buildValues(e, t, n) {
		let r = [], i;
		for (; e;) r.push(e), i = e.previousComponent, delete e.previousComponent, e = i;
		r.reverse();
		let a = r.length, o = 0, s = 0, c = 0;
		for (; o < a; o++) {
			let e = r[o];
			if (e.removed) e.value = this.join(n.slice(c, c + e.count)), c += e.count;
			else {
				if (!e.added && this.useLongestToken) {
					let r = t.slice(s, s + e.count);
					r = r.map(function(e, t) {
						let r = n[c + t];
						return r.length > e.length ? r : e;
					}), e.value = this.join(r);
				} else e.value = this.join(t.slice(s, s + e.count));
				s += e.count, e.added || (c += e.count);
			}
		}
		return r;
	}
};
new class extends J {}();
// node_modules/diff/libesm/util/string.js
function ot(e, t) {
	let n = 0;
	for (; n < e.length && n < t.length; n++) if (e[n] != t[n]) return e.slice(0, n);
	return e.slice(0, n);
}
function st(e, t) {
	let n;
	if (!e || !t || e[e.length - 1] != t[t.length - 1]) return "";
	for (n = 0; n < e.length && n < t.length; n++) if (e[e.length - (n + 1)] != t[t.length - (n + 1)]) return e.slice(-n);
	return e.slice(-n);
}
function ct(e, t, n) {
	if (e.slice(0, t.length) != t) throw Error(`string ${JSON.stringify(e)} doesn't start with prefix ${JSON.stringify(t)}; this is a bug`);
	return n + e.slice(t.length);
}
function lt(e, t, n) {
	if (!t) return e + n;
	if (e.slice(-t.length) != t) throw Error(`string ${JSON.stringify(e)} doesn't end with suffix ${JSON.stringify(t)}; this is a bug`);
	return e.slice(0, -t.length) + n;
}
function Y(e, t) {
	return ct(e, t, "");
}
function ut(e, t) {
	return lt(e, t, "");
}
function dt(e, t) {
	return t.slice(0, ft(e, t));
}
function ft(e, t) {
	let n = 0;
	e.length > t.length && (n = e.length - t.length);
	let r = t.length;
	e.length < t.length && (r = e.length);
	let i = Array(r), a = 0;
	i[0] = 0;
	for (let e = 1; e < r; e++) {
		for (t[e] == t[a] ? i[e] = i[a] : i[e] = a; a > 0 && t[e] != t[a];) a = i[a];
		t[e] == t[a] && a++;
	}
	a = 0;
	for (let r = n; r < e.length; r++) {
		for (; a > 0 && e[r] != t[a];) a = i[a];
		e[r] == t[a] && a++;
	}
	return a;
}
function pt(e, t) {
	let n = [];
	for (let r of Array.from(t.segment(e))) {
		let e = r.segment;
		n.length && /\s/.test(n[n.length - 1]) && /\s/.test(e) ? n[n.length - 1] += e : n.push(e);
	}
	return n;
}
function mt(e, t) {
	if (t) return Z(e, t)[1];
	let n;
	for (n = e.length - 1; n >= 0 && e[n].match(/\s/); n--);
	return e.substring(n + 1);
}
function X(e, t) {
	if (t) return Z(e, t)[0];
	let n = e.match(/^\s*/);
	return n ? n[0] : "";
}
function Z(e, t) {
	if (!t) return [X(e), mt(e)];
	if (t.resolvedOptions().granularity != "word") throw Error("The segmenter passed must have a granularity of \"word\"");
	let n = pt(e, t), r = n[0], i = n[n.length - 1];
	return [/\s/.test(r) ? r : "", /\s/.test(i) ? i : ""];
}
// node_modules/diff/libesm/diff/word.js
var ht = "a-zA-Z0-9_\\u{AD}\\u{C0}-\\u{D6}\\u{D8}-\\u{F6}\\u{F8}-\\u{2C6}\\u{2C8}-\\u{2D7}\\u{2DE}-\\u{2FF}\\u{1E00}-\\u{1EFF}", gt = RegExp(`[${ht}]+|\\s+|[^${ht}]`, "ug");
new class extends J {
	equals(e, t, n) {
		return n.ignoreCase && (e = e.toLowerCase(), t = t.toLowerCase()), e.trim() === t.trim();
	}
	tokenize(e, t = {}) {
		let n;
		if (t.intlSegmenter) {
			let r = t.intlSegmenter;
			if (r.resolvedOptions().granularity != "word") throw Error("The segmenter passed must have a granularity of \"word\"");
			n = pt(e, r);
		} else n = e.match(gt) || [];
		let r = [], i = null;
		return n.forEach((e) => {
			/\s/.test(e) ? i == null ? r.push(e) : r.push(r.pop() + e) : i != null && /\s/.test(i) ? r[r.length - 1] == i ? r.push(r.pop() + e) : r.push(i + e) : r.push(e), i = e;
		}), r;
	}
	join(e) {
		return e.map((e, t) => t == 0 ? e : e.replace(/^\s+/, "")).join("");
	}
	postProcess(e, t) {
		if (!e || t.oneChangePerToken) return e;
		let n = null, r = null, i = null;
		return e.forEach((e) => {
			e.added ? r = e : e.removed ? i = e : ((r || i) && _t(n, i, r, e, t.intlSegmenter), n = e, r = null, i = null);
		}), (r || i) && _t(n, i, r, null, t.intlSegmenter), e;
	}
}();
function _t(e, t, n, r, i) {
	if (t && n) {
		let [a, o] = Z(t.value, i), [s, c] = Z(n.value, i);
		if (e) {
			let r = ot(a, s);
			e.value = lt(e.value, s, r), t.value = Y(t.value, r), n.value = Y(n.value, r);
		}
		if (r) {
			let e = st(o, c);
			r.value = ct(r.value, c, e), t.value = ut(t.value, e), n.value = ut(n.value, e);
		}
	} else if (n) {
		if (e) {
			let e = X(n.value, i);
			n.value = n.value.substring(e.length);
		}
		if (r) {
			let e = X(r.value, i);
			r.value = r.value.substring(e.length);
		}
	} else if (e && r) {
		let n = X(r.value, i), [a, o] = Z(t.value, i), s = ot(n, a);
		t.value = Y(t.value, s);
		let c = st(Y(n, s), o);
		t.value = ut(t.value, c), r.value = ct(r.value, n, c), e.value = lt(e.value, n, n.slice(0, n.length - c.length));
	} else if (r) {
		let e = X(r.value, i), n = dt(mt(t.value, i), e);
		t.value = ut(t.value, n);
	} else if (e) {
		let n = dt(mt(e.value, i), X(t.value, i));
		t.value = Y(t.value, n);
	}
}
var vt = new class extends J {
	tokenize(e) {
		let t = RegExp(`(\\r?\\n)|[${ht}]+|[^\\S\\n\\r]+|[^${ht}]`, "ug");
		return e.match(t) || [];
	}
}();
function yt(e, t, n) {
	return vt.diff(e, t, n);
}
var bt = new class extends J {
	constructor() {
		super(...arguments), this.tokenize = St;
	}
	equals(e, t, n) {
		return n.ignoreWhitespace ? (n.newlineIsToken && e.includes("\n") || (e = e.trim()), n.newlineIsToken && t.includes("\n") || (t = t.trim())) : n.ignoreNewlineAtEof && !n.newlineIsToken && (e.endsWith("\n") && (e = e.slice(0, -1)), t.endsWith("\n") && (t = t.slice(0, -1))), super.equals(e, t, n);
	}
}();
function xt(e, t, n) {
	return bt.diff(e, t, n);
}
function St(e, t) {
	t.stripTrailingCr && (e = e.replace(/\r\n/g, "\n"));
	let n = [], r = e.split(/(\n|\r\n)/);
	r[r.length - 1] || r.pop();
	for (let e = 0; e < r.length; e++) {
		let i = r[e];
		e % 2 && !t.newlineIsToken ? n[n.length - 1] += i : n.push(i);
	}
	return n;
}
// node_modules/diff/libesm/diff/sentence.js
function Ct(e) {
	return e == "." || e == "!" || e == "?";
}
new class extends J {
	tokenize(e) {
		let t = [], n = 0;
		for (let r = 0; r < e.length; r++) {
			if (r == e.length - 1) {
				t.push(e.slice(n));
				break;
			}
			if (Ct(e[r]) && e[r + 1].match(/\s/)) {
				for (t.push(e.slice(n, r + 1)), r = n = r + 1; e[r + 1]?.match(/\s/);) r++;
				t.push(e.slice(n, r + 1)), n = r + 1;
			}
		}
		return t;
	}
}(), new class extends J {
	tokenize(e) {
		return e.split(/([{}:;,]|\s+)/);
	}
}(), new class extends J {
	constructor() {
		super(...arguments), this.tokenize = St;
	}
	get useLongestToken() {
		return !0;
	}
	castInput(e, t) {
		let { undefinedReplacement: n, stringifyReplacer: r = (e, t) => t === void 0 ? n : t } = t;
		return typeof e == "string" ? e : JSON.stringify(wt(e, null, null, r), null, "  ");
	}
	equals(e, t, n) {
		return super.equals(e.replace(/,([\r\n])/g, "$1"), t.replace(/,([\r\n])/g, "$1"), n);
	}
}();
function wt(e, t, n, r, i) {
	t ||= [], n ||= [], r && (e = r(i === void 0 ? "" : i, e));
	let a = 0;
	for (; a < t.length; a += 1) if (t[a] === e) return n[a];
	let o;
	if (Object.prototype.toString.call(e) === "[object Array]") {
		for (t.push(e), o = Array(e.length), n.push(o), a = 0; a < e.length; a += 1) o[a] = wt(e[a], t, n, r, String(a));
		return t.pop(), n.pop(), o;
	}
	if (e && e.toJSON && (e = e.toJSON()), typeof e == "object" && e) {
		t.push(e), o = {}, n.push(o);
		let i = [], s;
		for (s in e)
 /* istanbul ignore else */
		Object.prototype.hasOwnProperty.call(e, s) && i.push(s);
		for (i.sort(), a = 0; a < i.length; a += 1) s = i[a], o[s] = wt(e[s], t, n, r, s);
		t.pop(), n.pop();
	} else o = e;
	return o;
}
new class extends J {
	tokenize(e) {
		return e.slice();
	}
	join(e) {
		return e;
	}
	removeEmpty(e) {
		return e;
	}
}();
// src/lib/words.ts
var Tt = 400, Et = 2e5;
function Dt(e, t) {
	if (e.length + t.length > Et) return null;
	let n = yt(e, t, { maxEditLength: Tt }) ?? xt(e, t, { maxEditLength: Tt });
	return n ? n.map(Ot) : null;
}
function Ot(e) {
	return {
		kind: e.added ? "added" : e.removed ? "removed" : "same",
		text: e.value
	};
}
function kt(e, t = 120) {
	return e.map((n, r) => n.kind !== "same" || n.text.length <= t * 2 + 20 ? n : {
		kind: "same",
		text: `${r === 0 ? "" : n.text.slice(0, t)} … ${r === e.length - 1 ? "" : n.text.slice(-t)}`
	});
}
function At(e) {
	let t = (t) => e.filter((e) => e.kind === t).reduce((e, t) => e + t.text.trim().length, 0), n = t("same");
	return n > 0 && n * 3 >= Math.max(t("added"), t("removed")) + n;
}
// src/components/Value.tsx
var jt = 600;
function Q({ value: e }) {
	return e === void 0 ? /* @__PURE__ */ K("span", {
		class: "none",
		children: "absent"
	}) : e === null ? /* @__PURE__ */ K("span", {
		class: "none",
		children: "null"
	}) : e === "" ? /* @__PURE__ */ K("span", {
		class: "none",
		children: "empty text"
	}) : typeof e == "string" ? /* @__PURE__ */ K(Mt, { value: e }) : typeof e == "object" && !(e instanceof L) ? /* @__PURE__ */ K($, { value: e }) : /* @__PURE__ */ K("span", {
		class: "literal",
		children: String(e)
	});
}
function Mt({ value: e }) {
	return e.length <= jt ? /* @__PURE__ */ K("span", {
		class: "text",
		children: G(e)
	}) : /* @__PURE__ */ K("details", {
		class: "long",
		children: [/* @__PURE__ */ K("summary", { children: [
			/* @__PURE__ */ K("span", {
				class: "text",
				children: [G(e.slice(0, jt / 4)), "…"]
			}),
			" ",
			/* @__PURE__ */ K("span", {
				class: "muted",
				children: [e.length, " characters"]
			})
		] }), /* @__PURE__ */ K("span", {
			class: "text",
			children: G(e)
		})]
	});
}
function $({ value: e, name: t = null, depth: n = 0 }) {
	let r = t === null ? null : /* @__PURE__ */ K("span", {
		class: "key",
		children: G(t)
	}), i = Array.isArray(e) ? e.map((e, t) => [String(t), e]) : R(e) ? Object.entries(e) : null;
	return !i || i.length === 0 ? /* @__PURE__ */ K("div", {
		class: "leaf",
		children: [r, i ? /* @__PURE__ */ K("span", {
			class: "none",
			children: Nt(e)
		}) : /* @__PURE__ */ K(Q, { value: e })]
	}) : /* @__PURE__ */ K("details", {
		class: "tree",
		open: n < 2 && i.length <= 20,
		children: [/* @__PURE__ */ K("summary", { children: [r, /* @__PURE__ */ K("span", {
			class: "muted",
			children: Pt(e, i.length)
		})] }), /* @__PURE__ */ K("div", {
			class: "branch",
			children: i.map(([e, t]) => /* @__PURE__ */ K($, {
				name: e,
				value: t,
				depth: n + 1
			}, e))
		})]
	});
}
function Nt(e) {
	return Array.isArray(e) ? "[ ]" : "{ }";
}
function Pt(e, t) {
	return Array.isArray(e) ? `[ ${t} ]` : `{ ${t} }`;
}
// src/components/Diff.tsx
var Ft = 32;
function It({ old: e, now: t }) {
	if (typeof e == "string" && typeof t == "string" && (e.length > Ft || t.length > Ft) && e !== "" && t !== "") {
		let n = Dt(e, t);
		if (n && At(n)) return /* @__PURE__ */ K("span", {
			class: "text words",
			children: kt(n).map((e, t) => {
				let n = G(e.text);
				return e.kind === "same" ? n : e.kind === "added" ? /* @__PURE__ */ K("ins", { children: [/* @__PURE__ */ K(q, { children: " added: " }), n] }, t) : /* @__PURE__ */ K("del", { children: [/* @__PURE__ */ K(q, { children: " removed: " }), n] }, t);
			})
		});
	}
	return R(e) && R(t) || Array.isArray(e) && Array.isArray(t) ? /* @__PURE__ */ K(zt, { node: nt(e, t) }) : e === void 0 || t === void 0 ? /* @__PURE__ */ K("span", {
		class: "sides",
		children: t === void 0 ? /* @__PURE__ */ K(Lt, { value: e }) : /* @__PURE__ */ K(Rt, { value: t })
	}) : /* @__PURE__ */ K("span", {
		class: "sides",
		children: [
			/* @__PURE__ */ K(Lt, { value: e }),
			" ",
			/* @__PURE__ */ K("span", {
				class: "arrow",
				"aria-hidden": "true",
				children: "→"
			}),
			" ",
			/* @__PURE__ */ K(Rt, { value: t })
		]
	});
}
function Lt({ value: e }) {
	return /* @__PURE__ */ K("del", { children: [/* @__PURE__ */ K(q, { children: "from " }), /* @__PURE__ */ K(Q, { value: e })] });
}
function Rt({ value: e }) {
	return /* @__PURE__ */ K("ins", { children: [/* @__PURE__ */ K(q, { children: "to " }), /* @__PURE__ */ K(Q, { value: e })] });
}
function zt({ node: e }) {
	let t = e.key === null ? null : /* @__PURE__ */ K("span", {
		class: "key",
		children: G(e.key)
	});
	switch (e.mark) {
		case "inside": return /* @__PURE__ */ K("details", {
			class: "tree",
			open: !0,
			children: [/* @__PURE__ */ K("summary", { children: [t, /* @__PURE__ */ K("span", {
				class: "muted",
				children: Pt(e.new, e.children.length)
			})] }), /* @__PURE__ */ K("div", {
				class: "branch",
				children: /* @__PURE__ */ K(Bt, { nodes: e.children })
			})]
		});
		case "added": return /* @__PURE__ */ K("div", {
			class: "leaf leaf-added",
			children: /* @__PURE__ */ K("ins", { children: [/* @__PURE__ */ K(q, { children: "added " }), /* @__PURE__ */ K($, {
				value: e.new,
				name: e.key,
				depth: 1
			})] })
		});
		case "removed": return /* @__PURE__ */ K("div", {
			class: "leaf leaf-removed",
			children: /* @__PURE__ */ K("del", { children: [/* @__PURE__ */ K(q, { children: "removed " }), /* @__PURE__ */ K($, {
				value: e.old,
				name: e.key,
				depth: 1
			})] })
		});
		case "changed": return /* @__PURE__ */ K("div", {
			class: "leaf",
			children: [t, /* @__PURE__ */ K(It, {
				old: e.old,
				now: e.new
			})]
		});
		case "same": return /* @__PURE__ */ K($, {
			value: e.new,
			name: e.key,
			depth: 2
		});
	}
}
function Bt({ nodes: e }) {
	let t = e.filter((e) => e.mark === "same");
	return /* @__PURE__ */ K(y, { children: [e.filter((e) => e.mark !== "same").map((e) => /* @__PURE__ */ K(zt, { node: e }, e.key)), t.length > 0 && /* @__PURE__ */ K(Vt, {
		label: `${t.length} unchanged`,
		children: t.map((e) => /* @__PURE__ */ K(zt, { node: e }, e.key))
	})] });
}
function Vt({ label: e, children: t }) {
	return /* @__PURE__ */ K("details", {
		class: "collapsed",
		children: [/* @__PURE__ */ K("summary", { children: e }), t]
	});
}
function Ht({ diff: e, unchanged: t = {}, masked: n = [], unknown: r = [], side: i = null }) {
	let a = Object.keys(e), o = n.filter((n) => !Object.hasOwn(e, n) && !Object.hasOwn(t, n)), s = r.filter((t) => !Object.hasOwn(e, t)), c = Object.keys(t).filter((t) => !Object.hasOwn(e, t) && !s.includes(t));
	return /* @__PURE__ */ K(y, { children: [/* @__PURE__ */ K("dl", {
		class: "fields",
		part: "fields",
		children: [
			a.map((t) => /* @__PURE__ */ K(Wt, {
				name: t,
				children: n.includes(t) ? /* @__PURE__ */ K(Gt, {}) : /* @__PURE__ */ K(Ut, {
					side: i,
					old: e[t].old,
					now: e[t].new
				})
			}, t)),
			o.map((e) => /* @__PURE__ */ K(Wt, {
				name: e,
				children: /* @__PURE__ */ K(Gt, {})
			}, e)),
			s.map((e) => /* @__PURE__ */ K(Wt, {
				name: e,
				children: /* @__PURE__ */ K("span", {
					class: "none",
					title: "The history does not have this value",
					children: "unknown"
				})
			}, e))
		]
	}), c.length > 0 && /* @__PURE__ */ K(Vt, {
		label: `${c.length} unchanged`,
		children: /* @__PURE__ */ K("dl", {
			class: "fields",
			children: c.map((e) => /* @__PURE__ */ K(Wt, {
				name: e,
				children: n.includes(e) ? /* @__PURE__ */ K(Gt, {}) : /* @__PURE__ */ K(Q, { value: t[e] })
			}, e))
		})
	})] });
}
function Ut({ side: e, old: t, now: n }) {
	return e === "new" ? /* @__PURE__ */ K("ins", {
		class: "plain",
		children: /* @__PURE__ */ K(Q, { value: n })
	}) : e === "old" ? /* @__PURE__ */ K("del", {
		class: "plain",
		children: /* @__PURE__ */ K(Q, { value: t })
	}) : /* @__PURE__ */ K(It, {
		old: t,
		now: n
	});
}
function Wt({ name: e, children: t }) {
	return /* @__PURE__ */ K("div", {
		class: "field",
		part: "field",
		children: [/* @__PURE__ */ K("dt", { children: G(e) }), /* @__PURE__ */ K("dd", { children: t })]
	});
}
function Gt() {
	return /* @__PURE__ */ K("span", {
		class: "none",
		title: "You may not see this field",
		children: "masked"
	});
}
// src/embed/History.tsx
function Kt({ client: e, schema: t, table: n, record: r, heading: i }) {
	let [a, o] = Te(null), [s, c] = Te(null), [l, u] = Te(!0), [d, f] = Te(null), p = (i, a) => {
		u(!0), f(null), e.embedded(t, n, r, i, a).then((e) => {
			a?.aborted || (o((t) => i ? [...t ?? [], ...e.changes] : e.changes), c(e.next), u(!1));
		}, (e) => {
			a?.aborted || (f(e instanceof U ? e : new U(-1, "The answer is not understood", "")), u(!1));
		});
	};
	return De(() => {
		let e = new AbortController();
		return p(null, e.signal), () => e.abort();
	}, []), /* @__PURE__ */ K("section", {
		class: "history",
		part: "history",
		"aria-label": i,
		"aria-busy": l,
		children: [
			/* @__PURE__ */ K("p", {
				class: "history-heading",
				part: "heading",
				children: i
			}),
			a?.length === 0 && /* @__PURE__ */ K("p", {
				class: "muted",
				part: "empty",
				children: "Nothing has changed yet."
			}),
			/* @__PURE__ */ K("ol", {
				class: "history-list",
				part: "list",
				children: (a ?? []).map((e, t) => /* @__PURE__ */ K("li", {
					class: "history-item",
					part: "item",
					children: [/* @__PURE__ */ K("div", {
						class: "history-head",
						children: [
							/* @__PURE__ */ K($e, { operation: e.operation }),
							/* @__PURE__ */ K("span", {
								part: "user",
								children: G(ze(e.user) ?? "somebody")
							}),
							/* @__PURE__ */ K("span", {
								class: "history-time",
								part: "time",
								children: /* @__PURE__ */ K(et, { at: e.committedAt })
							})
						]
					}), e.operation === "UPDATE" ? /* @__PURE__ */ K(Ht, {
						diff: e.diff,
						masked: e.masked
					}) : /* @__PURE__ */ K("details", {
						class: "collapsed",
						children: [/* @__PURE__ */ K("summary", { children: e.operation === "DELETE" ? "What it was" : "What it began as" }), /* @__PURE__ */ K(Ht, {
							side: e.operation === "DELETE" ? "old" : "new",
							diff: e.diff,
							masked: e.masked
						})]
					})]
				}, t))
			}),
			l && !a && /* @__PURE__ */ K(tt, {
				what: "the history",
				rows: 3
			}),
			d && /* @__PURE__ */ K("div", {
				class: "history-error",
				part: "error",
				role: "alert",
				children: [/* @__PURE__ */ K("p", { children: d.status === 401 || d.status === 403 ? "You may not see this history." : d.status === 0 ? "The server cannot be reached." : d.message }), d.status !== 401 && d.status !== 403 && /* @__PURE__ */ K("button", {
					type: "button",
					class: "button",
					part: "button",
					onClick: () => p(s),
					children: "Try again"
				})]
			}),
			s && !d && /* @__PURE__ */ K("button", {
				type: "button",
				class: "button",
				part: "button",
				disabled: l,
				onClick: () => p(s),
				children: "Show older"
			})
		]
	});
}
// src/embed/bemi-history.tsx
var qt = class extends HTMLElement {
	static observedAttributes = [
		"schema",
		"table",
		"record",
		"api",
		"heading"
	];
	root = this.attachShadow({ mode: "open" });
	queued = !1;
	connectedCallback() {
		this.root.adoptedStyleSheets = [Xt()], this.update();
	}
	disconnectedCallback() {
		P(null, this.root);
	}
	attributeChangedCallback() {
		this.update();
	}
	update() {
		this.queued || (this.queued = !0, queueMicrotask(() => {
			this.queued = !1, this.isConnected && this.draw();
		}));
	}
	draw() {
		let e = this.getAttribute("table"), t = this.getAttribute("record");
		if (!e || !t) {
			P(/* @__PURE__ */ K("p", {
				role: "alert",
				children: "<bemi-history> needs the attributes table and record."
			}), this.root);
			return;
		}
		let n = this.getAttribute("schema") ?? "public", r = (this.getAttribute("api") ?? Jt).replace(/\/+$/, "");
		P(/* @__PURE__ */ K(Kt, {
			client: new Ie(r),
			schema: n,
			table: e,
			record: t,
			heading: this.getAttribute("heading") ?? "History"
		}, JSON.stringify([
			r,
			n,
			e,
			t
		])), this.root);
	}
}, Jt = new URL(
	/* @vite-ignore */
	"../api/v1",
	import.meta.url
).pathname, Yt = null;
function Xt() {
	return Yt || (Yt = new CSSStyleSheet(), Yt.replaceSync(F + I + se)), Yt;
}
customElements.get("bemi-history") || customElements.define("bemi-history", qt);
