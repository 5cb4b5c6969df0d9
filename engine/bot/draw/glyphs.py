"""The letters of pictures: ASCII, each 13 by 27 pixels with sixteen shades of cover.

Rendered from DejaVu Sans Mono 2.37 at 22 pixels; the licence of its Bitstream Vera letters, and the
public domain of what DejaVu added, allow to embed them (dejavu-fonts.github.io/License.html).
"""

import base64
import zlib
from functools import cache

WIDTH, HEIGHT = 13, 27
FULL = 15  # the darkest shade
_FIRST, _LAST = 32, 126
_SIZE = WIDTH * HEIGHT  # pixels, two of them in a byte


def cover(letter: str) -> bytes:
    """A shade for each pixel, row by row; what has no glyph is a question mark."""
    code = ord(letter)
    return _all()[code - _FIRST if _FIRST <= code <= _LAST else ord("?") - _FIRST]


@cache
def _all() -> tuple[bytes, ...]:
    packed = zlib.decompress(base64.b85decode(_PACKED))
    shades = bytes(half for byte in packed for half in (byte >> 4, byte & 15))
    each = _SIZE + _SIZE % 2
    return tuple(shades[n : n + _SIZE] for n in range(0, len(shades), each))


_PACKED = (
    "c-q}tTW}lI89uwZTDK^Kl28&$Jd{9~SjtO>HWbP2OSuG#r_Mkbnex!iP%6{QOKC@jX{RrwD<JK3rUj|=!nB=4o)(zCG*Ty"
    "&^cpF&0|iRf2~3;ViPyGlS=T-NFY8ziu9G+$6M80*{A+j5p8d~%zW@9G|Ev)IcP%@HpPu#w3GNmNnF4;gnj{R3zNgQXI<T"
    "o_Mu&1Rj)t?js&J(>Z%u8$*AbCT3K1#z$3cB{(H4G*ZMsBXLTQO&Scvp+2sG!Lan{8KJ}&t<Trvs0<ikTFLWIiRSs@$^@i"
    "&{s_&k03MwWyvmCoZr+y=KE7ykB+uRJP*5yd0H89FWh912QF9*)BI?S{-@2VbqAMLe%|skhj;IK1omTU#Oo-E^a3`|r#@h"
    "R?arqHytTcNeeh|MA^$OV4qUg`S@g&e~a_|H<1%#pd|UQ=_ipZ-h|4`+8I;Upy5TqHi+g(hrGyglm2?oG<<?0-*HJC|tiN"
    "SVvrym+dozE&A&)te}*2=(sz$Jq62Tq-QntpP;W|89(zCRA_djG$P*aFDrT~_;N$2Q}JdxC!D7CDKjeEvJfyo=g2q3PSEf"
    "E8qC>bDpR&^z-e0EuEu$UE1-Gi@Kc#2A)h2|RtdFuh$Z?dG=raxE<XY(%FPIsA-HmNNJ!9?!a!3M{y7VK=muv<=;Pn|#~A"
    "987du*OoL;LNp0Ofz<6@MJjMG;oPPbbiL8Bpf*jBPR>VcmwPgWGDQQsy%9l^AZ)xwXZC3^<FrnZ5f6g%CT+K{|8E*?HKf8"
    "a6DqJ9#U^{|P5|0{9t$*}SVG3Pk6{F*DFIU7BW>pg-(SUVS?ujKzcZDr4QWwt&^W}GL}_p|96DSCu*j}fkKa}WlKgp|V{b"
    "Pna`^;R115$tP4nyDB8QXi^JsAhO+$@d>$LIH*Gih&_G+e6uOLXk8r`~Xe2lM$hmT7o-Y-3I@53b;T(O7Kly^PXD)T8&{5"
    "tBJ%k+-t-QH}y7!RzSG*HocSZgO=0AGG%XzfEZnumUBqZ<AMm)g(~Ahd)HAJ6G}x&aE{7e^C=sZ`{@ckbDE6Mb$B-`phOn"
    "wzchhxWK1BA*vEjKKQjIq7Eb8XjEmh5ZoHo-afqf`NSfpbEprdeyJHHOnW`fID>@EQsqp8>IiIKl(1Hs;>-H`3Cvd!|3b2"
    "Q*U)i|F@~*w(P2hNy`_X_)@;|6Vi9SS#t4r(^bu!UD23>vB^Rw%(F4cqvoh}IF-ecXL*t*;*q`nM6<^Vya|5X%Rb1@K<2^"
    "EC{VHDECC~PYW5c+BY1q1b03z74{r;AZ<Dg*E`!IlOKP0quZ;VWf1e~U0I3P-w+@oBFL@$>7q8-xH()_l;i){!Lvj=1+lZ"
    "-CRXaLrMnJfxp~#7^IP0LSBjz6)@#r`0dO5OYhqaaob$;|ER;1Ev{xns#PzyG(gu$i9}y08nMhPVixX93gndVnO8paaDE>"
    "%v;JP;lnHT4Hu0}=DcSYg)&8Rm&q-u*rJja7|-?)$_hg(d4;|v<1^`<`FWtuZZK@8^?qERM9u=^9TCCKt{pO}$|%k);qNf"
    "SZz5O|o=*HGzz3HuPr{&{l@em3%5!S=1Pv{pBQOSJMq$h;;m87z2q`;Z;W}s@wsE|78gBqXWeFc*&Fgo!VQi$vd=AHpYV$"
    "WmwhXE(sPd^z2is&k+87LE@}unA^2Eb}^8|a~8b2Ss5uToHOl&?fnYz-sz~$u+_TT&c;*-vw;u`uUvhq7*D<wATUBISi&3"
    ")+g+B_!nY5d|N)@h5^SRJfq<0xW~LyDE6z;l9)_pK?fkoqF#<M{P4qfKgiNS-AAuvh+?<`suXf^r`o;nN~S$gB?RZucHTJ"
    "j)QCxqcSi&6XD-n01o1I>_>z2GSapt&pQ+-+T{!UhXy7?-3JP6zpwx=o6s0BGI(sYtb9KBJ+F983ZxC6Z=*Jc=E4LW#fJ+"
    "kNslW1vuS0Ahfs${c_w3PGur5(udUI&*y*;bte)zWp8I^f!(^(q%V)$hl+3;n3@yHqsAL+)xJ)PI7UI3r$vsdavS~@siNl"
    "GO-f7^Q<#nDpAnTL`e=+cz~K#5DXS-=4oPGTX??bgK&;BEaHfLwECPa7uuHEHEdrd=?Q-bSw#y{O3ce=!xBOz@0K$zts&*"
    "W&k*~ouz%l6vcw{_H$S4Z2Sv+!Amrldpr1__)jqB=(sl#EgQ7Ic>oiA^^WklqEPfTH+=@w^}DE#s;InHuYieYtVnqh*B*v"
    "BUfbOtwlM~J&&ykO{Cj@d}iG<oJ}T<1ikw8AE>A&?7XW@rxeVHEmW)<hFa=yEVuMFAcFg?s^pAlZXkhP^H278s~TbLN%i8"
    "*%&88<gbbf%?go2r|M_u(Ps2Y?-b}t#(@SY}Zw~rfXjvKvFUtbzzcb&#sOY1@anR_6@6?_Fln0m%G3FA`g2WK<9Dw_M~DE"
    ")6EcJ@Np)xvKT>lL01rFYO)$wAZlF9VR8YD8H7lkG7Z^<=uPlLo<LpPVNBR(5M+zxMf!R^0TtU}j(@?|uwbkGhRMhfb1$k"
    "GcOK!Ku5D@?n8z%#l@PBOV+{htbB|H*A9(G0OcPZoVpgB9(;R5h1{yeNI~yo$YvMZDO5nD&g^T7o)Rp!tlNTp)0j-k(FYW"
    "DyOJjJN3d{noaYKLt9r!!6&;~4LH%qIoVq3k%$7%lJ$Yl_igBI;%nu<IQPY?7p1q@=)d<#6lT;xA9;;qu485>UAHy0WIi}"
    "yGPp4kaM2$50>1PC@za5n`CSYDx0$0~wt%vf8%B&Zi~9axM8dH|u_BH@R#C^XZfDCFKI!81=nWDEsS{0Iup1_{A`qad;+6"
    "cmGmK8b=z*jVwtR>$SAljh9VP2Sw4j3|%?qzw5&AA4Oy+4Q)-L7cb*q+n<qk=bR!Dd?#Yf8o?v4Mv(0rGKcUDzFh+%E~k5"
    "Pi*zarypZS`zpFqOeBFj1r~t5HBv(X9smX46nawqQk#GZ7MCuuFnoR=Zf}&dR{c(|qTeFx7nJZW>Q{0cqH$%nL{v|CVQs_"
    "BO8I7-QX4?nvt!C#W*EUfGEc~_kB~5jM|OAVv{o3e=|s^d++>FFG=GyEL~NF>DUPDxFvBPW8ss|C<F@JdCjIo6IUiLO{jF"
    "V_9$hT3a*e{p)T+PpAb#B~O$^YlIVg!%IJEg5N@HE86`U{aQnfnu3A1zi5%VQ`>6vU3BambE`s2&8ABM^$1*)pFE<tc{St"
    "fCulEM0KRBe`u41kvEe)9#}hD#B<e*qbQBI88@D(l`@wWy@<AN=KMQYIL<BBoXKD3-GN>a?RIUBEKDVp3V#Uz;K=6bqDBu"
    "QLSMmxu^ap24Uf=0uux%Jyb4xiIu%OXREWW}+OBVeNsg(w+0o1*eBHBb8`r`|O*+@xHnJzG_EgA1-7P1!rTy(P)U69uEOK"
    "meZnC6G31SFjP>2jmr(OX<OYPqr%(9e<}d$wmHi1r>nHvp}4n3iIT=rB2P7lClsGWgi0U9eGmYEdI}-U*$q3P4}d;>1Tlk"
    "x)BKoC!*yXH)89Z~g+H+>1nL1u&0xMa-e1F1Ix(z3of7XulBi6v`hKl9O4Q9OOX)g|?vXgLlu6?IStVL70b~ilVpOONaGI"
    "I`PCY{>F}*=NlMSlB$x&OFI!!Tmwt-EI)4P{b=)LJ0T5-6iq~d4z=bW;jMYvcX3UYOeHzEQ+Ea?=JR7*KPt6pR6p5Yk~dA"
    "f<pH?gvW7Y}7@07F(<m*>!bnT2z1x+a7;O4>0{shOh`p1+EPp=~FGQb`8h0i7MOG5__!ZL+tmb|P2)ti4;x5i&UCtq=O+D"
    "-Y=tNlIY@=JxFi-@tAa-R^w`=Ff^$6CGNJ!lK1|Frc3{A{=tqWe#35RmYlh8&=x2#y|V)$guOy7T&$Lvhd9gtZO5WS;mlj"
    "U^A=~BZmnptP-cIc$&kcYZBwah$Ej20b;-kFzQ!jYame4)7Y%PvMvf%_hM$)X`mJr<Asg4q(qkdnze^yS=7V3OFR}^ZVzt"
    "y8s~rE=Npfm9=2yhEAAgSE8IEtV-V6({<Q{7KDtN7A^Z{P8V0_gPs}v{Dr2rek7E=JY6q>mWLz<xbLuttOLm|G=fR1swe`"
    "^N<|C)U`EDa`>hBI-V<es6lie*EZ>&n`5R=m(<KBg3p5}${N1mtn4NPD8hVkY-whZV_11ENXCe6duO0G>2l?`!BXIMK87)"
    "^NZ=9+}d-q;?7$R2_hXb<CP4}$Fhd|BJF2i^^&lS+W|yY_9|vp^e?Fyy-rcM#cu51;J<B`~sR4<Yk`Yhkd)D2@v80emc+2"
    "0j+Axd6e2=CHOxm3xHc{Gv>*eudL6NFb^@MpV@v2CNaxc<VjFvI!u&4O!bcmz}m2!EzeBJuy8?4!K1P^VEf9N^(7%aAiR$"
    "<v_qsPgB8{7P3#`r>9jZaH=Jah1Sn>!+4FqN!JX_QwQl2)LXucf}&qKUw2}H1gD!Jo_BkyYZoHCf1RCnpc%Fz3}klq%h`2"
    "+hsvIRU)PBSOxXtWt2|PCXJ9-q<7$agxFUvfzS+REvnld%6#8oC6)yjHuQ+@-e`XDLM%+eTBhZQOFvA%32N&o)2CaaQ>!z"
    "$U{D2$MAdaR0dqh+Ysm0?|lZG{>K4W8kXI1^4<!7VJ&*G?GUxWEsnfO_k`B`<5pEVZwna2DKWMd2Rv(PkS4tKqRaOv&iQ_"
    "q2W2K~M@F9Pl8tulpM^%C=>-%1Mg3jr$Xx0FKtLSUbm0sfl;{W>c1sNXK2m*e2Xj^2$ZzW*s)VvAMpI`bqff7;6&n|ez9n"
    "ouQgt(@hI#KqvpI@s^A$p?rI0m<@qc5V9pV)XB6Q~c?dZ+;nl+1HJC8MZA%6XFM-REt%5bq>_G`Jm1Fe>t&0igP!Yggli~"
    "aT6q#Q+toBB3N(oB;F<b)v+Ec)B|?bV^>*k7lT@Q6eA5VVF!dw`M+O%Yz{ZswBd-ea`L+Mz%$HpM2_Rz3h+O2oPL0H5gA7"
    "%dK&aV7>wkH(N3Lh4^sBvOa*O4%OmY^*q{GhrO-ulSRu+Cc@4+nY$b>`3{S!2`)dAKUsoIx+0?08WX#zZ+WGATvEjGnC$y"
    "wE^17olBfK&m>QH2wA6<t5)5hKcrJIieV@VFYgKr1ij4E@RWTw6@CxdCWOH{7X3J7*XNAa?O8eWFmIxr!8*&AX(u!b+Gz<"
    "<pD!w=dhX7>Qd&`bb)F(sHT5N;V;a1Oi+lnRXTF82zdtD7^ioP*_X`r0lhco23sbnS_ry}aWeOGgB^{9dGEf-v=8VR1IER"
    "wOc`F|VbWC%d6N`p^MxgRmz)-l11%IdrKuGPo4rS~*mH8OVYtBE`y{Iu!+oVdqVPun!r-J=~dJDO}cp^&U}daf=n+RNa5^"
    "UgW&5n69sIzLrP!1-fGE`h-=fq*S1X`=LV7qQIGIRZ=R!ZIF7tM7oOAX(wmvz1Oh7xe1kCg30543(>bej7_)>cE7jrW7g*"
    "74-am7bjt2MzW)UZ6p~~"
)
